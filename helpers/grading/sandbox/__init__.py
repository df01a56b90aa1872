"""The sandbox around a student's kernel, built from Linux's own protections."""
