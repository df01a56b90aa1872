"""Collecting: what a learning platform gives becomes `submitted/<student>/<lab>/`.

platforms   who handed in, and when: the names that learning platforms give
downloads   the files of a download, in folders and archives
gradescope  whose a submission on Gradescope is, which its name does not say
sorting     whose each file of a download is
attempts    the last attempt of a student, and what was collected before
collect     all of it together
"""

from __future__ import annotations

from helpers.grading.collect.collect import Collected, collect
from helpers.grading.collect.platforms import PLATFORMS

__all__ = ["PLATFORMS", "Collected", "collect"]
