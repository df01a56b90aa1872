"""What instructors and graders run. Notebooks never import it."""
