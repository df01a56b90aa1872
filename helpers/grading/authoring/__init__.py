"""What those who write labs run: lint, visible checks, the release."""
