"""Checks in one process, the student's code in another, and the protocol between them."""
