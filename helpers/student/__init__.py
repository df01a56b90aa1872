"""What a student runs in a terminal: `course check`. Nothing here needs `helpers.grading`."""
