"""From collected submissions to marks in the gradebook; runs in the grading process and its workers."""
