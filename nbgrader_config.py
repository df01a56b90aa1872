"""How nbgrader runs this course. `nbgrader --help-all` explains each setting."""

import warnings

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    GetGrades,
    OverwriteCells,
    OverwriteKernelspec,
)
from sqlalchemy.exc import SAWarning

from helpers.grading.preprocessors import GradingParameters, HideTracebacks, RestoreCells

# nbgrader's own queries make SQLAlchemy warn at every hand-in; nothing is wrong.
warnings.filterwarnings("ignore", category=SAWarning, module=r"nbgrader\.")

c = get_config()  # noqa: F821 - nbgrader defines it

# The gradebook is the SQLite file gradebook.db in this folder. For PostgreSQL, install psycopg and say:
# c.CourseDirectory.db_url = "postgresql+psycopg://user:password@host/gradebook"
c.CourseDirectory.course_id = "cnn-labs"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", ".DS_Store", "models"]  # labs save models

# Students' copies: a notice on top; stubs that the checks recognise; marking schemes stay here.
c.IncludeHeaderFooter.header = "source/header.ipynb"
c.ClearSolutions.code_stub = {"python": '# Write your answer here.\nraise NotImplementedError("not done yet")'}
c.ClearSolutions.text_stub = "*Write your answer here.*"
c.ClearMarkScheme.enforce_metadata = False  # a scheme stands in the locked question, above the student's answer

# Collecting from a folder that a learning platform gave: <student>_<time>_<notebook>.ipynb
c.FileNameCollectorPlugin.named_regexp = r".*/(?P<student_id>[^/_]+)_(?P<timestamp>[\dT:-]+)_(?P<file_id>[^/]+)"

# Grading. What a hand-in lacks is put back (ours: nbgrader's `add_missing_cells` fails where two neighbours lack),
# the lab's small values for grading come in, and whatever cannot be read is graded as an empty notebook.
c.Autograde.exporter_class = "helpers.grading.exporters.SubmissionExporter"
c.Autograde.sanitize_preprocessors = [
    ClearOutput,
    RestoreCells,
    OverwriteKernelspec,
    OverwriteCells,
    GradingParameters,
    CheckCellMetadata,
]
c.Execute.timeout = 120  # seconds a cell
c.Execute.shutdown_kernel = "immediate"
c.KernelManager.transport_encryption = "auto"  # nobody else on this machine listens to a kernel
# What fails raises. nbgrader would also give nothing for a word on stderr: a warning, a progress bar.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"(?s)."

# Feedback shows messages, not what the hidden tests and marking schemes say.
c.GenerateFeedback.preprocessors = [
    GetGrades,
    HideTracebacks,
    ClearHiddenTests,
    ClearMarkScheme,
    CSSHTMLHeaderPreprocessor,
]
