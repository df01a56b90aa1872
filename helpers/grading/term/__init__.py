"""The term: what holds for all labs of a course.

roster      the people of the course
names       compare names as people and platforms spell them
table       read `roster.csv`, whatever program wrote it
"""

from __future__ import annotations
