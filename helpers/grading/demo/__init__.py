"""A class that is made up, graded and reported in one command."""
