"""The intake: what strangers hand in becomes one typed record, in one place.

files     the files of a submission, out of folders and archives
reader    a notebook out of any bytes
master    what of a lab is not the student's to change
matching  which cell of a submission is which cell of the lab
intake    all of it together: a `Submission`
"""

from __future__ import annotations

from helpers.grading.intake.files import TIME_FILE, Files, read_folder
from helpers.grading.intake.intake import Submission, read_time, take_in
from helpers.grading.intake.master import Master

__all__ = ["TIME_FILE", "Files", "Master", "Submission", "read_folder", "read_time", "take_in"]
