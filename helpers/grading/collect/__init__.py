"""Collecting: put the downloads of a learning platform into `submitted/<student>/<lab>/`.

platforms    read students and times from the names that learning platforms give to files
downloads    list the files of a download, in folders and archives
gradescope   read Gradescope's metadata, because its file names do not name the student
uploads      tell what students uploaded in a download
blackboard   read Blackboard's own files about attempts
sorting      assign each upload to its student, with the roster
due          say when the lab is due for a student
attempts     put together what a student submitted at one time
kept         keep attempts that do not count, and go back to them
collected    the result
uncollected  list what was not collected, in a file
collect      put it all together
"""

from __future__ import annotations

from helpers.grading.collect.collect import collect
from helpers.grading.collect.collected import Collected
from helpers.grading.collect.kept import go_back
from helpers.grading.collect.platforms import PLATFORMS
from helpers.grading.collect.uncollected import Uncollected, read_uncollected

__all__ = ["PLATFORMS", "Collected", "Uncollected", "collect", "go_back", "read_uncollected"]
