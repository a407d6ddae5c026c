# Everything a fresh Debian or Ubuntu machine with Python 3.11 and make needs: `make run`, `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed

.DEFAULT_GOAL := help
.PHONY: help run test test-fast test-device check bench firmware scenarios schemas matrix faults refusals examples exits fuzz-twin fuzz-pastes fuzz-pki fuzz-firmware clean

help: ## List what make can do here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# With a screen the window opens on a virtual board; without one the tour shows the same window in pictures.
run: $(STAMP) ## Set everything up and open the window on a virtual board
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		$(BIN)/atecc-bench; \
	else \
		echo "There is no display: taking the tour into build/tour instead of opening the window."; \
		QT_QPA_PLATFORM=offscreen $(BIN)/atecc-bench tour --out build/tour; \
	fi

# A third of the time of the tests is spent waiting for a line that is silent, so two cores serve three processes.
WORKERS ?= 3
test: $(STAMP) check ## All checks and all tests; campaigns have targets of their own
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n $(WORKERS) -m "not bench and not campaign"

test-fast: $(STAMP) ## The tests without those marked slow, nothing else: under 90 seconds, and every room is in it
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n $(WORKERS) -m "not bench and not campaign and not slow" \
		--durations=10 --durations-min=1

PORT ?= virtual://provisioned
test-device: $(STAMP) ## What may be asked of a real chip, asked of the one at PORT; changes nothing of it
	$(BIN)/python -m pytest tests/device --port "$(PORT)"

check: $(STAMP) ## Format, lint, types and the contract of the rooms
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright --warnings
	$(BIN)/lint-imports

bench: $(STAMP) ## What is measured in time and memory
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -m bench -s tests/bench

# The bridge for RAM, built by the compilers that .ci/system-packages brings. Same sources, same bytes.
firmware: $(STAMP) ## Build the bridge for RAM into resources/firmware/ram
	$(MAKE) --always-make -C firmware/ram ESPTOOL=$(CURDIR)/$(BIN)/esptool BUILD=$(CURDIR)/build/firmware-ram

scenarios: $(STAMP) ## Make the scenarios behind the virtual boards again
	$(BIN)/python -m tests.tools.make_scenarios resources/scenarios

schemas: $(STAMP) ## Write the JSON schema of a run's document again
	$(BIN)/python -m tests.tools.make_schemas resources/schemas

matrix: $(STAMP) ## Every form of a key with every serial number source, kind of root and format (a quarter of an hour)
	$(BIN)/python -m pytest -n $(WORKERS) tests/onchip/test_every_template.py

FAULT_RUNS ?= 10000
KILL_RUNS ?= 200
faults: $(STAMP) ## FAULT_RUNS provisionings that meet with faults, and KILL_RUNS that are killed; each is resumed
	$(BIN)/python -m tests.campaigns.provisioning_faults --runs $(FAULT_RUNS) --kills $(KILL_RUNS)

REFUSALS ?= 2000
refusals: $(STAMP) ## REFUSALS commands that random chips refuse, each explained down to the bits that end the refusal
	$(BIN)/python -m tests.campaigns.refusals --refusals $(REFUSALS)

examples: $(STAMP) ## The tests that Hypothesis makes examples for, with 5,000 each instead of 60
	HYPOTHESIS_PROFILE=campaign QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n $(WORKERS) -m "hypothesis and not bench"

exits: $(STAMP) ## Every verb under everything that can spoil it, and at twenty moments of Ctrl+C (a quarter of an hour)
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n $(WORKERS) -m campaign tests/cli/test_every_exit.py

fuzz-twin: $(STAMP) ## A million packets to virtual chips of random configuration
	$(BIN)/python -m tests.campaigns.fuzz_twin --packets 1000000

fuzz-pastes: $(STAMP) ## A million damaged pastes to be recognised
	$(BIN)/python -m tests.campaigns.fuzz_pastes --pastes 1000000

# Atheris, which is libFuzzer for Python, comes with this target only.
PKI_RUNS ?= 1000000
fuzz-pki: $(STAMP) ## PKI_RUNS inputs of libFuzzer to what reads certificates, keys and templates
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[fuzz]'
	$(BIN)/python -m tests.campaigns.fuzz_pki --runs $(PKI_RUNS)

$(STAMP): pyproject.toml constraints.txt Makefile .ci/system-packages
	@PYTHON=$(PYTHON) bash .ci/system-packages
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	touch $(STAMP)

# libFuzzer over the bridge's C core; clang and libclang-rt-dev bring it.
FUZZ_RUNS ?= 10000000
fuzz-firmware: ## FUZZ_RUNS inputs of libFuzzer to the C core of the bridge
	@command -v clang >/dev/null || { echo "clang is missing: sudo apt-get install -y clang libclang-rt-dev"; exit 1; }
	mkdir -p build/fuzz/corpus
	clang -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		-Ifirmware/components/kit_bridge/include -Ifirmware/components/kit_bridge -o build/fuzz/fuzz_bridge \
		firmware/components/kit_bridge/*.c tests/firmware/host/fuzz_bridge.c
	cd build/fuzz && ./fuzz_bridge -runs=$(FUZZ_RUNS) -max_len=1400 -dict=../../tests/firmware/host/kit.dict corpus

clean: ## Remove what was built, the virtual environment too
	rm -rf build dist $(VENV)
