# Strowger. `make` alone prints this list; every target may be run twice.
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# where `make run` keeps its data, and where it listens
DATA  ?= ./data
SIP   ?= 0.0.0.0:5060
HTTP  ?= 0.0.0.0:8080
# first seed and how many seeds `make sim` plays
SEED  ?= 1
RUNS  ?= 1
# seeds in the gate
GATE_RUNS ?= 150
# edits that `make isolation` tries at most
EDITS ?= 40
# requests for each operation that `make schemathesis` draws
EXAMPLES ?= 100
# seconds for which `make fuzz-packets` looks at each, and of what `make long-recording` records
LASTS ?= 60
# cargo puts its work here; exported so that scripts find the binary, and absolute since some
# tests run cargo from the folder of their crate
CARGO_TARGET_DIR ?= target
override CARGO_TARGET_DIR := $(abspath $(CARGO_TARGET_DIR))
export CARGO_TARGET_DIR

.PHONY: help
help: ## print this list
	@awk 'BEGIN {FS = ":.*## "; print "Strowger: make <target>\n"} \
	  /^[a-z][a-z-]*:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@printf '\n  %s\n  %s\n' 'make run                     then register a softphone: README.md' \
	  'make sim SEED=7 RUNS=100     replay seeds 7 to 106'

.PHONY: run
run: ## build, make two demonstration companies, serve SIP and the API on all interfaces
	@tools/setup.sh build fax mp3 voices
	@echo '== building strowger (optimised; the first time takes a few minutes)'
	cargo build --release --locked -p strowger
	@$(CARGO_TARGET_DIR)/release/strowger demo --data '$(DATA)'
	@echo '== serving: SIP on $(SIP) (UDP and TCP), the API on $(HTTP); stop with Ctrl-C'
	@exec $(CARGO_TARGET_DIR)/release/strowger serve --data '$(DATA)' --sip '$(SIP)' --http '$(HTTP)'

.PHONY: test
test: ## the whole gate: house rules, lints, docs, dependencies, tests, seeds, interop, fuzz
	@tools/setup.sh lint fax mp3 postgres interop fuzz
	@GATE_RUNS=$(GATE_RUNS) tools/gate.sh tidy fmt lint docs deny test foreign

.PHONY: check
check: ## the quick part of the gate, for use while writing
	@tools/setup.sh lint
	@tools/gate.sh tidy fmt lint

.PHONY: tidy
tidy: ## the rules of the house: layers, purity, cycles, sizes, scope mints (layers.toml)
	@tools/setup.sh build
	@cargo xtask tidy

.PHONY: lint
lint: ## clippy over everything, warnings denied
	@tools/setup.sh lint
	@tools/gate.sh lint

.PHONY: fmt
fmt: ## format the source
	@tools/setup.sh lint
	cargo fmt --all

.PHONY: docs
docs: ## build the reference pages, warnings denied
	@tools/setup.sh build
	@tools/gate.sh docs

.PHONY: deny
deny: ## licences, banned crates and sources of every dependency (deny.toml)
	@tools/gate.sh deny

.PHONY: sim
sim: ## play simulated hours from SEED (RUNS seeds, one after the other)
	@tools/setup.sh build
	cargo run --locked -p sim -- --seed $(SEED) --runs $(RUNS)

.PHONY: interop
interop: ## calls between foreign SIP software through a running strowger, audio compared
	@tools/setup.sh build postgres interop
	@tools/gate.sh interop

.PHONY: leg-types
leg-types: ## calls of every way of sending sound with every other, by every pair of codecs (15 minutes)
	@tools/setup.sh build interop
	cargo build --locked --workspace --bins --examples
	@LEG_TYPES=all tests/interop/run.sh leg_types

.PHONY: long-recording
long-recording: ## kill the exchange after a minute of a recording, and look for each second (LASTS=600)
	@tools/setup.sh build interop
	cargo build --locked --workspace --bins --examples
	@RECORDED_SECONDS=$(LASTS) tests/interop/run.sh --here \
	  recordings.a_recording_goes_on_when_the_exchange_is_killed_and_lacks_a_second_at_most

.PHONY: isolation
isolation: ## every way to another company's data, then guards taken out one by one (SEED, EDITS)
	@tools/setup.sh build postgres
	@for store in memory sqlite postgres; do \
	  echo "== the API on $$store"; \
	  STROWGER_TEST_STORE=$$store STROWGER_TEST_CELLS=all cargo test --quiet --locked -p api --test api isolation -- \
	    --show-output | grep '^cells: '; \
	done
	@echo '== SIP'
	@cargo test --quiet --locked -p node --test shard cells -- --show-output | grep '^cells: '
	@cargo xtask isolation --seed $(SEED) --edits $(EDITS)

.PHONY: schemathesis
schemathesis: ## hold the API to its OpenAPI text for longer than the gate does (SEED, EXAMPLES)
	@tools/setup.sh build fuzz
	cargo build --locked -p strowger
	@SEED=$(SEED) EXAMPLES=$(EXAMPLES) tests/fuzz/run.sh

.PHONY: fuzz-packets
fuzz-packets: ## look for octets that lead what reads packets astray, a minute each (LASTS=3600)
	@tools/setup.sh build packets
	@tests/fuzz/packets.py --seconds $(LASTS)

.PHONY: bench
bench: ## measure this machine: registrations, calls, memory, relayed packets, overload
	@tools/setup.sh build
	@bench/run.sh

.PHONY: bench-media
bench-media: ## measure sound: relay, SRTP, transcoding, listeners, memory, delay (15 minutes)
	@tools/setup.sh build
	@python3 bench/media_rows.py
	@python3 bench/media.py

.PHONY: bench-sound
bench-sound: ## score how calls sound through a bad wire, by PESQ (some 8 minutes)
	@tools/setup.sh build interop pesq
	cargo build --release --locked -p strowger
	@.tools/pesq/bin/python bench/bad_wire.py

.PHONY: fairness
fairness: ## measure what a neighbour notices of a company that floods the exchange
	@tools/setup.sh build
	@python3 bench/fairness.py

.PHONY: overload
overload: ## measure what is served of more calls than there is time for
	@tools/setup.sh build
	@python3 bench/overload.py

.PHONY: siege
siege: ## measure what a flood from the open internet does to memory and phones (12 minutes)
	@tools/setup.sh build
	@python3 bench/siege.py

.PHONY: scale
scale: ## measure ten thousand companies: start, memory, first calls, on both stores
	@tools/setup.sh build postgres
	@python3 bench/scale.py

.PHONY: clean
clean: ## remove what was built (keeps ./data and .tools)
	cargo clean
