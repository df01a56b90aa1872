"""Make notebooks and pages safe to open: whatever a student wrote is shown as text."""
