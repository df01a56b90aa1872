"""`course doctor`: test with real attacks whether the sandbox of this machine works."""
