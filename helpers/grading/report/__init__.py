"""Report the scores of a class as a page and as tables."""
