"""The intake: turn whatever a student submitted into one typed record.

files     read the files of a submission from folders and archives
reader    read a notebook from any bytes
master    the parts of a lab that students may not change
matching  find the lab's cells in a submission
effects   what the code of a cell could change for others
needed    which cells have to run, and which figures somebody looks at
intake    put it all together: a `Submission`
"""

from __future__ import annotations

from helpers.grading.intake.files import TIME_FILE, Files, read_folder
from helpers.grading.intake.intake import Submission, read_time, take_in
from helpers.grading.intake.master import Master
from helpers.grading.intake.needed import LeftOut

__all__ = ["TIME_FILE", "Files", "LeftOut", "Master", "Submission", "read_folder", "read_time", "take_in"]
