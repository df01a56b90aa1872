"""The scores of a class, as a page and as tables."""
