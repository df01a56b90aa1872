"""The term: what holds for all labs of a course.

roster      the people of the course
names       compare names as people and platforms spell them
table       read `roster.csv`, whatever program wrote it
rules       due dates, late penalties, extensions, exemptions and weights, from `course.toml`
settings    read the settings of a TOML file
durations   durations as a person writes them
penalties   enter the rules into nbgrader's gradebook
marks       what each student has in each lab, and in total
questions   statistics of each question
"""

from __future__ import annotations
