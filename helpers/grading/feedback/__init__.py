"""Feedback: a page for each student and lab, and the way back to the learning platform.

grades     read points, comments and penalties from the gradebook
lab        what students were given: statements, questions, pictures
cells      turn the cells of a graded notebook into HTML
page       put a student's page together
writing    write the pages that have changed, several at once
converter  `nbgrader generate_feedback` does the same
returning  pack the pages as a learning platform takes them
"""
