"""Collecting: put the downloads of a learning platform into `submitted/<student>/<lab>/`.

platforms   read students and times from the names that learning platforms give to files
downloads   list the files of a download, in folders and archives
gradescope  read Gradescope's metadata, because its file names do not name the student
sorting     assign each file of a download to its student
attempts    choose a student's last attempt, and compare it with what was collected before
collect     put it all together
"""

from __future__ import annotations

from helpers.grading.collect.collect import Collected, collect
from helpers.grading.collect.platforms import PLATFORMS

__all__ = ["PLATFORMS", "Collected", "collect"]
