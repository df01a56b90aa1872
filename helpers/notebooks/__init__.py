"""Read a lab's notebook: its cells, names, pictures, and why an answer failed."""
