# Everything a fresh Debian or Ubuntu machine with Python 3.11 and make needs: `make run`, `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed

.DEFAULT_GOAL := help
.PHONY: help run test check bench firmware scenarios matrix faults fuzz-twin fuzz-pastes fuzz-pki fuzz-firmware clean

help: ## list what make can do here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# With a screen the window opens on a virtual board; without one the tour shows the same window in pictures.
run: $(STAMP) ## set everything up and open the window on a virtual board
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		$(BIN)/atecc-bench; \
	else \
		echo "There is no display: taking the tour into build/tour instead of opening the window."; \
		QT_QPA_PLATFORM=offscreen $(BIN)/atecc-bench tour --out build/tour; \
	fi

test: $(STAMP) check ## set everything up, check, and run all tests
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n 2 -m "not bench and not campaign"

check: $(STAMP) ## formatting, lint, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright --warnings
	$(BIN)/lint-imports

bench: $(STAMP) ## measure how long things take
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -m bench -s tests/bench

# The bridge for RAM, built by the compilers that .ci/system-packages brings. Same sources, same bytes.
firmware: $(STAMP) ## build the bridge for RAM into resources/firmware/ram
	$(MAKE) --always-make -C firmware/ram ESPTOOL=$(CURDIR)/$(BIN)/esptool BUILD=$(CURDIR)/build/firmware-ram

scenarios: $(STAMP) ## make the scenarios behind the virtual boards again
	$(BIN)/python -m tests.tools.make_scenarios resources/scenarios

# Every form of a key with every source of a serial number, kind of root and format.
matrix: $(STAMP) ## try every form of certificate with every source of a serial number
	$(BIN)/python -m pytest -n 2 tests/onchip/test_every_template.py

# Provisionings that meet with faults, and are resumed.
FAULT_RUNS ?= 10000
KILL_RUNS ?= 200
faults: $(STAMP) ## provision thousands of times through faults (FAULT_RUNS, KILL_RUNS)
	$(BIN)/python -m tests.campaigns.provisioning_faults --runs $(FAULT_RUNS) --kills $(KILL_RUNS)

fuzz-twin: $(STAMP) ## throw a million packets at the twin
	$(BIN)/python -m tests.campaigns.fuzz_twin --packets 1000000

fuzz-pastes: $(STAMP) ## throw a million damaged pastes at the diagnosis
	$(BIN)/python -m tests.campaigns.fuzz_pastes --pastes 1000000

# Atheris, which is libFuzzer for Python, comes with this target only.
PKI_RUNS ?= 1000000
fuzz-pki: $(STAMP) ## fuzz the certificate code with libFuzzer (PKI_RUNS)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[fuzz]'
	$(BIN)/python -m tests.campaigns.fuzz_pki --runs $(PKI_RUNS)

$(STAMP): pyproject.toml constraints.txt Makefile .ci/system-packages
	@PYTHON=$(PYTHON) bash .ci/system-packages
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test]'
	touch $(STAMP)

# libFuzzer over the bridge's C core; clang and libclang-rt-dev bring it.
FUZZ_RUNS ?= 10000000
fuzz-firmware: ## fuzz the bridge's C core with libFuzzer (FUZZ_RUNS; needs clang)
	@command -v clang >/dev/null || { echo "clang is missing: sudo apt-get install -y clang libclang-rt-dev"; exit 1; }
	mkdir -p build/fuzz/corpus
	clang -std=c11 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		-Ifirmware/components/kit_bridge/include -Ifirmware/components/kit_bridge -o build/fuzz/fuzz_bridge \
		firmware/components/kit_bridge/*.c tests/firmware/host/fuzz_bridge.c
	cd build/fuzz && ./fuzz_bridge -runs=$(FUZZ_RUNS) -max_len=1400 -dict=../../tests/firmware/host/kit.dict corpus

clean: ## remove what was built, the virtual environment too
	rm -rf build dist $(VENV)
