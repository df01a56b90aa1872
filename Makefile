# make demo       grade a made-up class and look at its report       make lab       open JupyterLab
# make quick      in a minute: ruff, mypy, what is not slow          make release   write release/ from source/
# make test       all tests                                          make sweep     the answers on other numbers
# make lint       ruff, mypy, the labs' own rules                    make coverage  all tests, and what they reach
# make requirements    pin the dependencies of pyproject.toml        make upgrade   the same, with the newest versions
# make same-marks      all answers, graded here and by nbgrader alone
# make kit        what students get, as a folder and a zip file
# make mutants    small faults in the labs' own solutions: which does no check notice?
# How long it takes, on a machine that does nothing else (docs/results.md):
# make bench-labs      to grade the real labs, stage by stage, and by nbgrader alone
# make bench-grading   to grade a class of light submissions         make bench-scale    one of 1,000, and of 10,000
# make bench-training  to train the labs' networks                   make bench-threads  to train beside busy neighbours
# make bench-gpu       on a machine with a GPU: the labs, training, the sandbox, CIFAR-10 to 94 %

PYTHON ?= python3
LABS ?=
SEEDS ?= 10
NUMBERS ?= 20 200
SCALE ?= 1000 10000
STOCK ?= 1
TESTS ?=
MODELS ?=
PARTS ?=
VENV := .venv
READY := $(VENV)/.ready
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export VIRTUAL_ENV := $(CURDIR)/$(VENV)
# Many universities' networks have certificates of their own.
export UV_SYSTEM_CERTS := 1

.PHONY: setup demo quick test coverage sweep same-marks mutants lab release kit lint requirements upgrade clean
.PHONY: bench-labs bench-grading bench-scale bench-training bench-threads bench-gpu
.DEFAULT_GOAL := setup

setup: $(READY)

# uv installs in seconds what takes pip a minute and a half, and links from its cache instead of copying.
$(READY): requirements-dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	python -m pip install --quiet --disable-pip-version-check uv
	uv pip install --quiet --requirement requirements-dev.txt --editable .
	touch $@

demo: setup
	course demo $(LABS)

# While you work: the tests that need neither time, nor a browser, nor root, and the answers of one lab.
quick: setup
	ruff check
	ruff format --check
	mypy
	OMP_NUM_THREADS=1 python -m pytest --quiet --numprocesses auto -m "not slow and not browser and not root"

# All, or TESTS="tests/test_release.py …". One thread each: the processes share the cores.
test: setup
	OMP_NUM_THREADS=1 python -m pytest --numprocesses auto $(TESTS)

# Not part of `make test`, for it takes longer: see `tool.coverage` in pyproject.toml.
coverage: setup
	OMP_NUM_THREADS=1 python -m pytest --numprocesses auto --cov --cov-report term:skip-covered

# The checks draw fresh numbers in each grading: try the answers on many.
sweep: setup
	for seed in $$(seq 2 $(SEEDS)); do \
		CNN_LABS_SEED=$$seed OMP_NUM_THREADS=1 python -m pytest -q -n auto tests/test_answers.py || exit 1; \
	done

# The same submissions through nbgrader as it comes and through `course autograde`, and what each stage takes.
bench-grading: setup
	python -m tests.bench_grading $(NUMBERS)

# What one process does for all: planning, taking in, saving, with workers that answer at once.
bench-scale: setup
	python -m tests.bench_grading --scale $(SCALE)

# What grading the labs, or LABS, costs; nbgrader grades STOCK of the class of twelve.
bench-labs: setup
	python -m tests.bench_labs --stock $(STOCK) $(LABS)

# The documents' way of training and `fit`, with the labs' networks; MODELS='"Model A"' for some of them.
bench-training: setup
	python -m tests.bench_training $(if $(MODELS),--models $(MODELS))
	python -m tests.bench_training $(if $(MODELS),--models $(MODELS)) --accuracy

# Two minutes for one more round of measurements.
bench-threads: setup
	python -m tests.bench_threads

# What only a GPU can show, all of it or PARTS; PARTS=--small tries everything on the CPU.
bench-gpu: setup
	python -m tests.bench_gpu $(PARTS)

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

# What students get, in build/: released labs, or LABS, without solutions and grading.
kit: setup
	course kit $(LABS) --zip

lint: setup
	ruff check
	ruff format --check
	mypy
	lint-imports
	course lint

COMPILE = uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 \
	--no-emit-index-url --no-header --no-annotate pyproject.toml

# What is pinned stays pinned. The smaller files take their versions from the largest.
requirements: setup
	$(COMPILE) $(UPGRADE) --extra dev --output-file requirements-dev.txt
	$(COMPILE) --extra grading --constraint requirements-dev.txt --output-file requirements-grading.txt
	$(COMPILE) --constraint requirements-dev.txt --output-file requirements.txt

upgrade: UPGRADE = --upgrade
upgrade: requirements

clean:
	rm -rf build report .coverage .pytest_cache .mypy_cache .ruff_cache
