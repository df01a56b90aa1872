"""What a student runs in a terminal: `course check`, `course pack`. Nothing here needs `helpers.grading`."""
