# `make demo` runs the whole product on embedded defaults; `make test` passes the tests.
# Both set up all they need first: a virtual environment in .venv and the model packs in var/.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PACKS := var/models/.ready
HOME_ASSISTANT := var/home-assistant/.ready
export FACEIDD_MODELS := $(CURDIR)/var/models
.DEFAULT_GOAL := help
.PHONY: help deb demo test test-models test-home simulate check format bench kills sync-kills camera-faults nspawn arm64 storm lock clean

help: ## say what there is
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: $(PACKS) ## enroll a person, play an approach to the door, show what happened
	$(BIN)/faceidd demo --into var/demo

test: $(PACKS) ## run all tests
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

test-models: $(PACKS) ## build, enroll and match with every model of DeepFace's
	$(BIN)/python -m pytest -m every_model

test-home: $(PACKS) $(HOME_ASSISTANT) ## show a door to a real Home Assistant and see all of it change
	$(BIN)/python -m pytest -m home_assistant tests/real

simulate: $(PACKS) ## play the scenarios before the real daemon, many times as fast as real time
	$(BIN)/faceidd simulate config/scenarios/*.yaml

check: $(READY) ## lint, types, layers
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY) ## write the code as `check` wants it
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(PACKS) ## measure; needs the evaluation faces in ../shared/faces
	$(BIN)/faceidd eval lfw --pairs ../shared/faces/lfw/pairs.txt --photos ../shared/faces/lfw
	$(BIN)/python -m bench.detectors
	$(BIN)/python -m bench.pipeline

deb: $(PACKS) ## build Debian packages into var/deb (DEB_RELEASE=12 or 13, DEB_ARCH=amd64 or arm64)
	PYTHON="$(PYTHON)" sh packaging/deb.sh

kills: $(READY) ## kill a door in its pulses ten thousand times
	PYTHONPATH=tests:. $(BIN)/python -m support.kills 10000

sync-kills: $(READY) ## crash a sync at each of its system calls, some for real; needs strace
	PYTHONPATH=tests:. $(BIN)/python -m support.sync_kills

camera-faults: $(READY) ## lose network cameras in every way two hundred times
	PYTHONPATH=tests:. $(BIN)/python -m support.camera_faults 200

nspawn: $(PACKS) ## install, use, kill and remove a door under a real systemd of each Debian; needs root
	PYTHONPATH=tests:. $(BIN)/python -m support.nspawn 25 12 13

arm64: $(PACKS) ## install, check and open a door on arm64, emulated; needs root, minutes
	PYTHONPATH=tests:. $(BIN)/python -m support.arm64 12

storm: $(READY) ## tell 10,000 events while broker and daemon are killed
	PYTHONPATH=tests:. $(BIN)/python -m support.storm 10000 100 50

lock: $(READY) ## resolve the requirement files anew
	sh requirements/lock.sh

clean: ## remove what the other targets made
	rm -rf .venv var build *.egg-info

$(READY): requirements/dev.txt pyproject.toml
	PYTHON="$(PYTHON)" sh requirements/setup.sh
	touch $@

# Packs hold what they answer to the drawn face.
$(PACKS): $(READY) $(wildcard faceidd/models/*.py) faceidd/face/drawn_face.py faceidd/face/known_answer.py
	$(BIN)/faceidd model build all
	touch $@

$(HOME_ASSISTANT): requirements/home-assistant.txt
	$(PYTHON) -m venv var/home-assistant/.venv
	var/home-assistant/.venv/bin/pip install --require-hashes -r requirements/home-assistant.txt
	touch $@
