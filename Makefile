# make demo     grade a made-up class and look at its report        make lab       open JupyterLab
# make test     all tests                                            make release   write release/ from source/
# make lint     ruff, mypy, the labs' own rules                      make sweep     the answers on other numbers
# make bench-grading   how long a class takes                        make requirements   choose versions anew
# make same-marks      all answers, graded here and by nbgrader alone
# make mutants   small faults in the labs' own solutions: which does no check notice?

PYTHON ?= python3
LABS ?=
SEEDS ?= 10
NUMBERS ?= 20 100
TESTS ?=
VENV := .venv
READY := $(VENV)/.ready
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
# Many universities' networks have certificates of their own.
export UV_SYSTEM_CERTS := 1

.PHONY: setup demo test sweep bench-grading same-marks mutants lab release lint requirements clean
.DEFAULT_GOAL := setup

setup: $(READY)

# uv installs in seconds what takes pip a minute and a half, and links from its cache instead of copying.
$(READY): requirements.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	python -m pip install --quiet --disable-pip-version-check uv
	uv pip install --quiet --requirement requirements.txt --editable .
	touch $@

demo: setup
	course demo $(LABS)

# All, or TESTS="tests/test_release.py …". One thread each: the processes share the cores.
test: setup
	OMP_NUM_THREADS=1 python -m pytest --numprocesses auto $(TESTS)

# The checks draw fresh numbers in each grading: try the answers on many.
sweep: setup
	for seed in $$(seq 2 $(SEEDS)); do \
		CNN_LABS_SEED=$$seed OMP_NUM_THREADS=1 python -m pytest -q -n auto tests/test_answers.py || exit 1; \
	done

# The same submissions through nbgrader as it comes and through `course autograde`, and what each stage takes.
bench-grading: setup
	python -m tests.bench_grading $(NUMBERS)

# All right and wrong answers, by `course autograde`, by `nbgrader autograde`, and by nbgrader with its own settings.
same-marks: setup
	python -m tests.same_marks $(LABS)

# The labs' own solutions with one small fault each: the checks should notice them all.
mutants: setup
	OMP_NUM_THREADS=1 python -m tests.mutants $(LABS)

lab: setup
	jupyter lab source

release: setup
	for lab in source/lab*/; do nbgrader generate_assignment --force $$(basename $$lab) || exit 1; done
	course questions > source/README.md

lint: setup
	ruff check
	ruff format --check
	mypy
	lint-imports
	course lint

requirements: setup
	uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 --extra dev \
		--no-emit-index-url --no-header --no-annotate --upgrade pyproject.toml --output-file requirements.txt

clean:
	rm -rf build report .pytest_cache .mypy_cache .ruff_cache
