# Everything a fresh Debian or Ubuntu machine with Python 3.11 or newer and make needs: `make run`, `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_READY := $(VENV)/ready-to-run
TEST_READY := $(VENV)/ready-to-test
# Nothing is installed whose hash is not in locks/; what comes as source is built by what locks/build.txt brought.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCKED := $(PIP) --no-build-isolation --require-hashes
OURSELVES := $(PIP) --no-build-isolation --no-deps --editable .

.DEFAULT_GOAL := help
.PHONY: help run test test-fast test-device check bench firmware scenarios schemas matrix faults refusals examples exits window-fits bare-chips fuzz-twin fuzz-pastes false-readings fuzz-pki fuzz-files fuzz-firmware hostile lock audit sbom wheel clean

help: ## List what make can do here
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# With a screen the window opens on a virtual board; without one the tour shows the same window in pictures.
run: $(RUN_READY) ## Set everything up and open the window on a virtual board
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		$(BIN)/atecc-bench; \
	else \
		echo "There is no display: taking the tour into build/tour instead of opening the window."; \
		mkdir -p build; \
		QT_QPA_PLATFORM=offscreen $(BIN)/atecc-bench tour --out build/tour; \
	fi

# Half of the time of the tests is spent waiting for a line, so two cores serve four processes.
WORKERS ?= 4
test: $(TEST_READY) check ## All checks and all tests; campaigns have targets of their own
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -rs -n $(WORKERS) -m "not bench and not campaign"

test-fast: $(TEST_READY) ## The tests without those marked slow and the emulated chips: under 90 seconds, and every room is in it
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n $(WORKERS) -m "not bench and not campaign and not slow and not emulated" \
		--durations=10 --durations-min=1

PORT ?= virtual://provisioned
test-device: $(TEST_READY) ## What may be asked of a real chip, asked of the one at PORT; changes nothing of it
	$(BIN)/python -m pytest tests/device --port "$(PORT)"

check: $(TEST_READY) ## Format, lint, types and the contract of the rooms
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright --warnings
	$(BIN)/lint-imports

bench: $(TEST_READY) ## What is measured in time and memory
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -m bench -s tests/bench

# The bare bridge, built by the compilers that .ci/system-packages brings. Same sources and compilers, same bytes;
# others make other bytes, and those replace the images that ship only when FIRMWARE_OUT says so.
SHIPPED := $(CURDIR)/resources/firmware/bare
FIRMWARE_OUT ?=
firmware: $(TEST_READY) ## Build the bare bridge, into resources/firmware/bare where the compilers are those of its images
	@mkdir -p build
	@$(MAKE) --no-print-directory -s -C firmware/bare compilers > build/compilers
	@out="$(abspath $(FIRMWARE_OUT))"; \
	if [ -z "$$out" ] && cmp -s build/compilers $(SHIPPED)/COMPILERS; then out=$(SHIPPED); fi; \
	if [ -z "$$out" ]; then \
		out=$(CURDIR)/build/firmware-images; \
		echo "The images that ship were built by:"; sed 's/^/    /' $(SHIPPED)/COMPILERS; \
		echo "Here are:"; sed 's/^/    /' build/compilers; \
		echo "So the images go to $$out. To replace those that ship: make firmware FIRMWARE_OUT=resources/firmware/bare"; \
	fi; \
	$(MAKE) --always-make -C firmware/bare ESPTOOL=$(CURDIR)/$(BIN)/esptool BUILD=$(CURDIR)/build/firmware-bare OUT="$$out"

scenarios: $(TEST_READY) ## Make the scenarios behind the virtual boards again
	$(BIN)/python -m tests.tools.make_scenarios resources/scenarios

schemas: $(TEST_READY) ## Write the JSON schemas of runs and silicon checks again
	$(BIN)/python -m tests.tools.make_schemas resources/schemas

matrix: $(TEST_READY) ## Every form of a key with every serial number source, kind of root and format (a quarter of an hour)
	$(BIN)/python -m pytest -n $(WORKERS) tests/onchip/test_every_template.py

FAULT_RUNS ?= 10000
KILL_RUNS ?= 200
FILLING_KILL_RUNS ?= 500
faults: $(TEST_READY) ## FAULT_RUNS provisionings that meet with faults; KILL_RUNS, and FILLING_KILL_RUNS that fill keys, are killed; a disk fails everywhere
	$(BIN)/python -m tests.campaigns.provisioning_faults --runs $(FAULT_RUNS) --kills $(KILL_RUNS) \
		--kills-filling-keys $(FILLING_KILL_RUNS)
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.campaigns.full_disk

REFUSALS ?= 2000
refusals: $(TEST_READY) ## REFUSALS commands that random chips refuse, each explained down to the bits that end the refusal
	$(BIN)/python -m tests.campaigns.refusals --refusals $(REFUSALS)

examples: $(TEST_READY) ## The tests that Hypothesis makes examples for, with 5,000 each instead of 60
	HYPOTHESIS_PROFILE=campaign QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n $(WORKERS) -m "hypothesis and not bench"

bare-chips: $(TEST_READY) ## The emulated runs of all bare images, also of chips that are like another
	$(BIN)/python -m pytest -n $(WORKERS) -m "not bench" tests/firmware tests/link/test_bare_in_flash.py tests/cli/board/test_flash.py

window-fits: $(TEST_READY) ## Every page and step of the window in all sizes, scales and themes, of which `make test` has one
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n $(WORKERS) -m "campaign or not campaign" tests/ui/test_every_page_fits.py

exits: $(TEST_READY) ## Every verb under everything that can spoil it, and at twenty moments of Ctrl+C (a quarter of an hour)
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m pytest -n $(WORKERS) -m campaign tests/cli/test_every_exit.py

fuzz-twin: $(TEST_READY) ## A million packets to virtual chips of random configuration
	$(BIN)/python -m tests.campaigns.fuzz_twin --packets 1000000

fuzz-pastes: $(TEST_READY) ## A million damaged pastes to be recognised
	$(BIN)/python -m tests.campaigns.fuzz_pastes --pastes 1000000

false-readings: $(TEST_READY) ## A hundred thousand pages of other things: how many are taken for a configuration
	$(BIN)/python -m tests.campaigns.false_readings --pages 100000

# Atheris, which is libFuzzer for Python, comes with this target only.
PKI_RUNS ?= 1000000
fuzz-pki: $(TEST_READY) ## PKI_RUNS inputs of libFuzzer to what reads certificates, keys and templates
	$(LOCKED) --requirement locks/fuzz.txt
	$(BIN)/python -m tests.campaigns.fuzz_pki --runs $(PKI_RUNS)

FILE_RUNS ?= 200000
fuzz-files: $(TEST_READY) ## FILE_RUNS inputs of libFuzzer each to what reads YAML, bundles and profiles
	$(LOCKED) --requirement locks/fuzz.txt
	@for reader in yaml bundle profile; do \
		$(BIN)/python -m tests.campaigns.fuzz_files --reader $$reader --runs $(FILE_RUNS) || exit 1; \
	done

hostile: $(TEST_READY) ## Bridges that lie and files nobody brings in good faith, to every verb they concern (an hour)
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.campaigns.lying_bridges
	QT_QPA_PLATFORM=offscreen $(BIN)/python -m tests.campaigns.hostile_files

$(RUN_READY): pyproject.toml locks/build.txt locks/run.txt app/atecc_bench/__init__.py .ci/system-packages
	@PYTHON=$(PYTHON) bash .ci/system-packages run
	$(PYTHON) -m venv $(VENV)
	$(LOCKED) --requirement locks/build.txt
	$(LOCKED) --requirement locks/run.txt
	$(OURSELVES)
	touch $@

# What is tried against other people's programs is skipped where those are not to be had, with their names.
$(TEST_READY): $(RUN_READY) locks/test.txt locks/cryptoauthlib.txt locks/pkcs11.txt
	@PYTHON=$(PYTHON) bash .ci/system-packages test
	$(LOCKED) --requirement locks/test.txt
	@for oracle in cryptoauthlib pkcs11; do \
		$(LOCKED) --only-binary :all: --requirement locks/$$oracle.txt || [ -z "$$DEMAND_ALL" ] || exit 1; \
	done
	touch $@

# Tools of the supply chain have an environment of their own.
SUPPLY := build/supply
SUPPLY_READY := $(SUPPLY)/ready
$(SUPPLY_READY): locks/supply.txt
	$(PYTHON) -m venv $(SUPPLY)
	$(SUPPLY)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement locks/supply.txt
	touch $@

# What can be installed on Python 3.11 to 3.14 and on every system, in the versions of constraints.txt. The tools of the
# lock come from the lock; where there is none yet, from `python -m pip install uv`.
UV ?= $(SUPPLY)/bin/uv
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --constraint constraints.txt
lock: $(SUPPLY_READY) ## Write the hashes in locks/ again, of the versions in constraints.txt; then the licences
	$(COMPILE) --group pyproject.toml:build --output-file locks/build.txt
	$(COMPILE) --group pyproject.toml:supply --output-file locks/supply.txt
	$(COMPILE) pyproject.toml --output-file locks/run.txt
	@for extra in test cryptoauthlib pkcs11 aws azure postgresql fuzz; do \
		$(COMPILE) pyproject.toml --extra $$extra --output-file locks/$$extra.txt || exit 1; \
	done
	$(BIN)/python -m tests.tools.make_licences resources/licences.json

# The date of the newest commit is the date of all that is in it; without a repository, the one that hatchling gives.
wheel: $(RUN_READY) ## Build dist/*.whl and dist/*.tar.gz, and the wheel again from that source: the bytes have to be the same
	SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct 2>/dev/null || echo 1580601600) $(BIN)/python -m tests.tools.make_wheel dist

audit: $(SUPPLY_READY) ## Known vulnerabilities of what is locked
	@for lock in build run test cryptoauthlib pkcs11 aws azure postgresql; do \
		$(SUPPLY)/bin/pip-audit --disable-pip --require-hashes --requirement locks/$$lock.txt || exit 1; \
	done

sbom: $(SUPPLY_READY) ## What an installed program consists of, as CycloneDX 1.6, into build/sbom.json
	rm -rf build/sbom-environment
	$(PYTHON) -m venv build/sbom-environment
	@for lock in build run; do \
		build/sbom-environment/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation \
			--require-hashes --requirement locks/$$lock.txt || exit 1; \
	done
	build/sbom-environment/bin/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps .
	build/sbom-environment/bin/python -m pip uninstall --quiet --yes pip \
		$$(sed -n 's/^\([a-z0-9-]*\)==.*/\1/p' locks/build.txt | grep -v -x -F "$$(sed -n 's/^\([a-z0-9-]*\)==.*/\1/p' locks/run.txt)")
	$(SUPPLY)/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type application --output-reproducible \
		--spec-version 1.6 --output-file build/sbom.json build/sbom-environment/bin/python

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
