"""How nbgrader runs this course. `nbgrader --help-all` explains each setting."""

import warnings

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.apps import ZipCollectApp
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, SaveCells
from sqlalchemy.exc import SAWarning

from helpers.grading.authoring import release
from helpers.grading.collect import zip_collect
from helpers.grading.pages.feedback import Grades, HideTracebacks, ShowAsText
from helpers.grading.pages.formgrader import guard_formgrader
from helpers.grading.pages.markup import safe_html, safe_markdown, shown_code
from helpers.grading.pipeline import converter
from helpers.grading.term.penalties import LatePenalty

# nbgrader's own queries make SQLAlchemy warn at every submission; nothing is wrong.
warnings.filterwarnings("ignore", category=SAWarning, module=r"nbgrader\.")

c = get_config()  # noqa: F821 - nbgrader defines it

# The gradebook is the SQLite file gradebook.db in this folder. For PostgreSQL, install psycopg and say:
# c.CourseDirectory.db_url = "postgresql+psycopg://user:password@host/gradebook"
c.CourseDirectory.course_id = "cnn-labs"
# Labs save models; grading keeps its own facts beside a graded notebook.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", ".DS_Store", "models", "grading.json"]

# A lab that was handed in already can get new questions; one with marks cannot be taken out. In students' copies,
# *Run All* goes on past what is not answered yet.
GenerateAssignment.start = release.start
c.GenerateAssignment.preprocessors = [
    *(release.RecordCells if step is SaveCells else step for step in GenerateAssignment.preprocessors.default()),
    release.GoOnAfterErrors,
]

# Students' copies: a notice on top; stubs that the checks recognise; marking schemes stay here.
c.IncludeHeaderFooter.header = "source/header.ipynb"
c.ClearSolutions.code_stub = {"python": '# Write your answer here.\nraise NotImplementedError("not done yet")'}
c.ClearSolutions.text_stub = "*Write your answer here.*"
c.ClearMarkScheme.enforce_metadata = False  # a scheme stands in the locked question, above the student's answer

# Collecting: `nbgrader zip_collect` does what `course collect` does.
ZipCollectApp.start = zip_collect.start

# Grading: `nbgrader autograde` does what `course autograde` does. Submissions of any form are read, students' cells run
# in a box, the checks apart from them; and points are given for what the checks have shown there.
Autograde.start = converter.start
c.Execute.timeout = 120  # seconds a cell
c.ExecuteSubmission.total_timeout = 1200  # seconds a submission
c.Execute.shutdown_kernel = "immediate"
c.AssignLatePenalties.plugin_class = LatePenalty  # as course.toml says; without it, as c.LateSubmissionPlugin says

# Written again each time, a quarter of a second a page: nbgrader does not see that a person has graded since.
c.GenerateFeedback.force = True

# Feedback shows messages, not what the hidden tests and marking schemes say.
c.GenerateFeedback.preprocessors = [
    Grades,
    HideTracebacks,
    ClearHiddenTests,
    ClearMarkScheme,
    CSSHTMLHeaderPreprocessor,
]

# Feedback and formgrader show what a student wrote as text, pictures, tables and Markdown: nothing of it runs.
c.HTMLExporter.preprocessors = [ShowAsText]
c.HTMLExporter.filters = {"markdown2html": safe_markdown, "clean_html": safe_html, "highlight_code": shown_code}
c.HTMLExporter.sanitize_html = True
guard_formgrader()
