"""Notebooks and pages as people open them: what a student wrote is shown as text."""
