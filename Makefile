# `make demo` runs the main job, `make test` everything that must pass; both work on a fresh clone. `make help` lists all.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON := python3
VENV := target/venv
VENV_PYTHON := $(abspath $(VENV))/bin/python
export JOTGATE_RUNNER_PYTHON := $(VENV_PYTHON)
export CARGO_TERM_PROGRESS_WHEN ?= auto
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export npm_config_fund := false
export npm_config_audit := false
export npm_config_update_notifier := false

# One build, of which the demo and the tests take every library and program; `PROFILE=release` is what ships.
PROFILE ?= dev
LIBRARIES := $(abspath target)/$(if $(filter dev,$(PROFILE)),debug,$(PROFILE))
TAKE := JOTGATE_LIBRARIES=$(LIBRARIES)
# Puts the library of a package where it picks it up: tests/release/place.py.
PLACE := $(TAKE) PYTHONPATH=tests $(PYTHON) -m release.place
# The packages verify with aws-lc, and the wheel says so itself: core/docs/adr/0005-two-providers.md.
NATIVE := -p jotgate-conformance -p jotgate-ffi -p jotgate-jni -p jotgate-node -p jotgate-uniffi --features aws-lc
RUNNERS := target/conformance/runners

# The languages whose toolchains are here, found once.
LANGUAGES = $(eval LANGUAGES := $$(shell tests/toolchains.sh --install || echo toolchain-missing))$(LANGUAGES)

.PHONY: help
help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

# --- everything -------------------------------------------------------------------------------------------------------

.PHONY: demo
demo: ## the main job: build the packages, start an issuer and services, send requests, print one table
	@tests/each.sh build $(LANGUAGES)
	@$(VENV_PYTHON) tests/demo/prepare.py $(LANGUAGES)
	@PYTHONPATH=tests $(VENV_PYTHON) -m demo

.PHONY: test
test: ## everything that must pass: formatting, lints, unit, conformance in all languages, HTTP
	@tests/each.sh build $(LANGUAGES)
	@tests/each.sh test house docs $(LANGUAGES) spark features wasm fuzz vectors conformance provider targets instructions packages foreign release

.PHONY: conformance
conformance: ## all vectors in all languages; with BINDING=, VECTORS= and REPORT= one file through one language
ifdef BINDING
	@$(MAKE) --no-print-directory build-$(BINDING) >&2
	@$(PYTHON) tests/conformance/run.py --binding $(BINDING) --vectors $(VECTORS) --report $(REPORT)
else
	@tests/each.sh build $(LANGUAGES)
	@$(MAKE) --no-print-directory test-conformance
endif

# PLATFORMS names rows of platforms.json; without it, all of them.
IN_RELEASE = cd tests && $(PYTHON) -m release.toolchain && ../target/release-tools/bin/python
.PHONY: packages packages-test
packages: ## the packages as they ship, for all platforms, into target/packages; PLATFORMS="linux-arm64-gnu ..." makes some
	@$(IN_RELEASE) -m release.packages $(if $(filter dev,$(PROFILE)),,--profile $(PROFILE)) $(PLATFORMS)

# Node's and Java's runners are those of the tree, with another library.
packages-test: build-node build-java ## the vectors through packages for foreign platforms, under emulation; PROOFS="go-win32-x64 ..." runs some
	@$(IN_RELEASE) -m release.proof $(PROOFS)
	@$(if $(PROOFS),,$(IN_RELEASE) -m release.oldest)

.PHONY: bench
bench: ## side-by-side benchmarks against the peers: a table, results as JSON, pictures; QUICK=1 shows that they work
	$(PYTHON) benches/run.py $(if $(QUICK),--quick)

# --- Rust -------------------------------------------------------------------------------------------------------------

# In one command, because cargo settles the features of dependencies for the packages that a command names.
.PHONY: native
native:
	cargo build --profile $(PROFILE) $(NATIVE)

# Copied beside the place and renamed: a program that runs is not overwritten.
.PHONY: build-rust test-rust
build-rust: native
	mkdir -p $(RUNNERS)
	cp $(LIBRARIES)/jotgate-conformance $(RUNNERS)/rust.new
	mv $(RUNNERS)/rust.new $(RUNNERS)/rust

# The runner and the servers on tokio. Only the vectors need them, so the demo does without their dependencies.
.PHONY: build-rust-http
build-rust-http:
	cargo build --profile $(PROFILE) -p jotgate-http-conformance --features aws-lc
	mkdir -p $(RUNNERS)
	cp $(LIBRARIES)/jotgate-http-conformance $(RUNNERS)/rust-http.new
	mv $(RUNNERS)/rust-http.new $(RUNNERS)/rust-http

test-rust:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps -p jotgate -p jotgate-host -p jotgate-testing -p jotgate-tools
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps -p jotgate-http --features axum,tonic
	PROPTEST_RNG_SEED=7519 cargo test -p jotgate -p jotgate-host -p jotgate-testing -p jotgate-tools -p jotgate-conformance \
		-p jotgate-http --features jotgate-http/axum,jotgate-http/tonic
	cargo build -p jotgate-simulation $(NATIVE)
	target/debug/jotgate-simulation --seeds 0..6 --nodes 4 --days 30

.PHONY: soak
soak: ## the long ones: the key-set simulation over 1,000 seeds and a year of 10,000 nodes, property tests and fuzzing at length, Miri, millions of tokens in C, Go and Java
	mkdir -p target/soak
	cargo run --release -p jotgate-simulation -- --seeds 0..1000 --nodes 4 --days 30 --report target/soak/seeds.json
	cargo run --release -p jotgate-simulation -- --seeds 0..1 --nodes 10000 --days 365 --ttl 21600 --traffic 360 \
		--report target/soak/year.json
	PROPTEST_CASES=20000 cargo test --release -p jotgate -p jotgate-tools
	$(PYTHON) tests/fuzz/run.py --seconds 600
	bindings-ffi/tests/soak.sh
	bindings-ffi/tests/miri.sh
	PROFILE=release $(MAKE) build-java
	bindings-ffi/java/soak.sh
	$(MAKE) --no-print-directory soak-go PROFILE=release
	bindings-ffi/uniffi/generate.sh --check

# --- Python -----------------------------------------------------------------------------------------------------------

REQUIREMENTS := bindings-python/requirements-dev.txt bindings-python/arrow/requirements-dev.txt tests/vectors/requirements.txt \
	tests/demo/requirements.txt tests/release/requirements-dev.txt

# One environment for everything that Python does here; made anew when a requirement changes.
$(VENV)/ready: $(REQUIREMENTS)
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	$(VENV_PYTHON) -m pip install --quiet $(addprefix -r ,$(REQUIREMENTS))
	touch $@

.PHONY: build-python test-python
build-python: $(VENV)/ready native
	rm -rf target/wheels
	$(VENV)/bin/maturin build --profile $(PROFILE) --manifest-path bindings-python/Cargo.toml --out target/wheels
	$(VENV_PYTHON) -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir target/wheels ./bindings-python/arrow
	$(VENV_PYTHON) -m pip install --quiet --force-reinstall --no-deps target/wheels/jotgate-*.whl target/wheels/jotgate_arrow-*.whl

test-python:
	cd bindings-python && $(abspath $(VENV))/bin/ruff format --check .
	cd bindings-python && $(abspath $(VENV))/bin/ruff check .
	cd bindings-python && $(abspath $(VENV))/bin/mypy
	cd bindings-python && $(abspath $(VENV))/bin/mypy arrow/python arrow/tests
	cd bindings-python && $(abspath $(VENV))/bin/basedpyright
	cd bindings-python && $(abspath $(VENV))/bin/stubtest jotgate
	cd bindings-python && $(VENV_PYTHON) -m pytest
	cd bindings-python/arrow && $(VENV_PYTHON) -m pytest

# Spark lies beside the other environment: half a gigabyte that no other test has to wait for.
SPARK := target/spark
$(SPARK)/ready: bindings-python/arrow/requirements-spark.txt
	rm -rf $(SPARK)
	$(PYTHON) -m pip install --quiet --target $(SPARK) --requirement $<
	touch $@

.PHONY: test-spark
test-spark: $(SPARK)/ready ## the example for PySpark, in local mode
	cd bindings-python/arrow && PYTHONPATH=$(abspath $(SPARK)) $(VENV_PYTHON) -m pytest tests/test_spark.py

# --- Node -------------------------------------------------------------------------------------------------------------

# npm's own record of what is installed tells whether the lock file has changed since.
bindings-node/node_modules/.package-lock.json: bindings-node/package-lock.json
	cd bindings-node && npm ci
	touch $@

# The core for `jotgate/edge`, always as it ships: the demo does without it.
.PHONY: wasm
wasm: ## the core as a WebAssembly module, for jotgate/edge
	bindings-node/wasm/build.sh

.PHONY: build-node test-node
build-node: bindings-node/node_modules/.package-lock.json native $(if $(filter release,$(PROFILE)),wasm)
	cd bindings-node && $(TAKE) npm run build

test-node: wasm
	cd bindings-node && npm run lint
	cd bindings-node && npm run typecheck
	cd bindings-node && npm test

# --- C, Go, Java and Kotlin -------------------------------------------------------------------------------------------

.PHONY: build-c test-c
build-c: native
	$(TAKE) bindings-ffi/conformance/build.sh

test-c: native
	cargo test -p jotgate-edge -p jotgate-ffi -p jotgate-jni -p jotgate-node-common -p jotgate-uniffi -p jotgate-conformance --features aws-lc
	bindings-ffi/tests/header.sh
	$(TAKE) bindings-ffi/tests/run.sh

# For users: PREFIX, LIBDIR, INCLUDEDIR and DESTDIR are as everywhere.
.PHONY: install
install: ## the C library as it ships, its header and jotgate.pc, below PREFIX (/usr/local); DESTDIR for packagers
	bindings-ffi/install.sh

GO_MODULE := github.com/jotgate/jotgate/bindings-ffi/go
.PHONY: build-go test-go
build-go: native
	$(PLACE) go
	cd bindings-ffi/go && go build -o ../../target/conformance/runners/go ./conformance
	cd bindings-ffi/go && go build -o ../../target/conformance/runners/go-serve ./conformance/serve

test-go:
	cd bindings-ffi/go && test -z "$$(gofmt -l .)"
	cd bindings-ffi/go && go vet -tags soak ./...
	cd bindings-ffi/go && go test -race ./...
	cd bindings-ffi/go/jotgateprometheus && go vet ./... && go test -race ./...
	cd bindings-ffi/go/jotgategrpc && go vet ./... && go test -race ./...
	cd bindings-ffi/go/docs/migrating && go vet ./... && go test ./...
	cd bindings-ffi/go/conformance/wycheproof && go vet . && go test .
	cd bindings-ffi/go/conformance/frameworks && go vet -tags nomsgpack . $(addprefix $(GO_MODULE)/,jotgateecho jotgategin) && go test -tags nomsgpack .

.PHONY: soak-go
soak-go: build-go
	cd bindings-ffi/go && go test -tags soak -run Soak -v -timeout 60m .
	cd bindings-ffi/go && go test -race -count 20 -run 'Close|Panic|Goroutine|Replace' .

# The servers on frameworks. Only the vectors need them, so the demo does without their dependencies. Without MessagePack gin is half as
# large.
.PHONY: build-go-frameworks
build-go-frameworks:
	if command -v go >/dev/null; then \
		cd bindings-ffi/go/conformance/frameworks && go build -tags nomsgpack -o ../../../../target/conformance/runners/go-frameworks .; fi

.PHONY: build-java test-java
build-java: native
	$(PLACE) java
	cd bindings-ffi/java && mvn -q -B -f reactor.xml package -DskipTests

test-java:
	cd bindings-ffi/java && mvn -B -f reactor.xml -Prelease verify
	# The starter is compiled with Spring Boot 3; the example runs with it on 4, too. It is compiled anew: classes of the one do not fit the other.
	rm -rf bindings-ffi/java/examples/spring/target
	cd bindings-ffi/java && mvn -B -f reactor.xml verify -pl :orders-spring -am -Dboot.version=4.0.7 \
		-Dtest='orders.*Test' -Dsurefire.failIfNoSpecifiedTests=false

# On the JARs of Java, which `skipTests` leaves to `make test-java`.
.PHONY: build-kotlin test-kotlin
build-kotlin: native
	$(PLACE) java
	cd bindings-ffi/kotlin && mvn -q -B -f reactor.xml package -DskipTests -Dkotlin.skipTests=true

KTLINT := target/ktlint/ktlint-cli-1.8.0-all.jar
$(KTLINT):
	mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy -DoutputDirectory=$(abspath target/ktlint) \
		-Dartifact=com.pinterest.ktlint:ktlint-cli:1.8.0:jar:all

test-kotlin: $(KTLINT)
	cd bindings-ffi/kotlin && java -XX:TieredStopAtLevel=1 --add-opens java.base/java.lang=ALL-UNNAMED -jar $(abspath $(KTLINT)) '**/*.kt'
	cd bindings-ffi/kotlin && mvn -B -f reactor.xml verify -DskipTests

# --- Ruby, on what UniFFI makes of the core ---------------------------------------------------------------------------

.PHONY: build-ruby test-ruby
build-ruby: native
	$(PLACE) ruby
	rm -rf target/gems
	PYTHONPATH=tests $(PYTHON) -m release.gems --folder target/gems host

# What UniFFI has generated is compared by what it was made of: its generator takes minutes to build. That of Swift is looked at here,
# too, because this runs everywhere.
GENERATED_OF_UNIFFI := bindings-ffi/ruby/lib/jotgate/jotgate_native.rb \
	$(addprefix bindings-ffi/swift/Sources/,JotgateNative/jotgate_native.swift jotgate_nativeFFI/jotgate_nativeFFI.h)
test-ruby: native
	bindings-ffi/uniffi/interface.py $(LIBRARIES) --check $(GENERATED_OF_UNIFFI)
	cd bindings-ffi/ruby && rubocop --cache false --format quiet
	cd bindings-ffi/ruby && ruby test/all.rb

# --- Swift, a preview: no machine of the continuous integration has it ------------------------------------------------------

SWIFT_FLAGS := -Xlinker -L$(abspath $(LIBRARIES)) -Xlinker -rpath -Xlinker $(abspath $(LIBRARIES))
.PHONY: build-swift test-swift
build-swift: native ## the Swift packages, and the runner and the server of their conformance tests
	cd bindings-ffi/swift && swift build $(SWIFT_FLAGS)
	cd bindings-ffi/swift/jotgate-hummingbird && swift build $(SWIFT_FLAGS)

SWIFT_SOURCES := Package.swift Sources/Jotgate Sources/JotgateTesting Sources/conformance Tests \
	$(addprefix jotgate-hummingbird/,Package.swift Sources Examples Tests)
test-swift: native ## the Swift packages, where there is a Swift
	bindings-ffi/uniffi/interface.py $(LIBRARIES) --check $(GENERATED_OF_UNIFFI)
	@if ! command -v swift >/dev/null; then echo "test-swift: NOT TESTED: no Swift toolchain"; \
	else cd bindings-ffi/swift && swift format lint --strict --recursive $(SWIFT_SOURCES) && swift test $(SWIFT_FLAGS) && \
		cd jotgate-hummingbird && swift test $(SWIFT_FLAGS); fi

# --- what belongs to no single language ---------------------------------------------------------------------------------

.PHONY: test-house test-features test-vectors test-conformance test-targets test-packages
test-house: ## the house rules, and the tools of the tests themselves
	cd tests && $(PYTHON) -m unittest discover -s house -t .
	cd tests/conformance && $(PYTHON) -m unittest
	$(PYTHON) tests/policy_types/generate.py --check

test-features: ## every combination of the core's features compiles without a warning
	tests/features.sh

.PHONY: test-fuzz
test-fuzz: ## foreign bytes for every reader, for some seconds each; tests/fuzz/run.py --seconds N does it for longer
	$(PYTHON) tests/fuzz/run.py --seconds 4 --seeds 200

.PHONY: test-wasm
test-wasm: wasm ## jotgate/edge: the core as a WebAssembly module that imports nothing, in Node; in Chromium by `make test-conformance`
	@if ! command -v npm >/dev/null; then echo "test-wasm: NOT TESTED: no Node.js with npm"; \
	else cd bindings-node && npm run build:js && node --expose-gc --test test/edge/*.test.mjs; fi

.PHONY: test-edge-runtimes
test-edge-runtimes: wasm ## the examples of jotgate/edge on Deno and on workerd, which are a quarter of a gigabyte and no part of `make test`
	bindings-node/test/edge/runtimes.sh

# The generator makes the same bytes again, and implementations that are not ours agree.
test-vectors: $(VENV)/ready
	cd tests/vectors && $(VENV_PYTHON) -m generate --check
	cd tests/vectors && $(VENV_PYTHON) cross_check.py
	if command -v npm >/dev/null; then cd tests/vectors && npm ci --silent && node cross_check.mjs; fi

test-conformance: build-rust-http build-go-frameworks wasm
	$(PYTHON) tests/conformance/run.py --all
	$(PYTHON) tests/conformance/exchanges.py

# What no package shows: the unit tests under aws-lc, and all vectors under ring, which is the default of the crate. The two differ
# in one place, below all languages, so that the Rust runner stands for them.
.PHONY: test-provider
test-provider:
	cargo clippy -p jotgate --all-targets --features aws-lc -- -D warnings
	cargo test -p jotgate --features aws-lc --lib -- signature key
	cargo build -p jotgate-conformance
	cp target/debug/jotgate-conformance $(RUNNERS)/rust-ring
	$(PYTHON) tests/conformance/run.py --all --provider ring

.PHONY: test-instructions
test-instructions: $(VENV)/ready ## the instructions of a validation in Rust, against benches/instructions.json
	$(VENV_PYTHON) benches/instructions.py --check

test-targets: build-rust-http build-go-frameworks ## odd request targets, as bytes, to the router of every framework behind a policy
	$(PYTHON) tests/conformance/targets.py

test-packages:
	$(TAKE) tests/packages.sh $(LANGUAGES)

# Go, because its program is linked by this machine and needs nothing but itself there.
.PHONY: test-foreign
test-foreign: ## some vectors through the Go package on another processor, under emulation; all of them by make packages-test
	@if command -v go >/dev/null; then $(IN_RELEASE) -m release.proof --quick --profile dev go-linux-arm64-gnu; \
	else echo "test-foreign: NOT TESTED: no Go"; fi

# --- releases -----------------------------------------------------------------------------------------------------------

.PHONY: licences
licences: ## THIRD-PARTY-LICENSES, after a dependency or the compiler has changed
	cd tests && $(PYTHON) -m release.licences

# What a release does, on what was built here, to registries that stand in for those of the world; RELEASING.md.
ACTIONLINT := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
REHEARSED := rust python node c java ruby
.PHONY: test-release
test-release: $(VENV)/ready ## the workflows are clean, and a release goes through with the packages of this machine
	cd tests && $(VENV_PYTHON) -m unittest discover -s release -t .
	$(VENV)/bin/zizmor --offline --persona=pedantic --quiet .github
	@if command -v go >/dev/null; then go run $(ACTIONLINT); else echo "test-release: NOT CHECKED: no Go for actionlint"; fi
	@if [ -n "$(filter-out $(LANGUAGES),$(REHEARSED))" ]; then \
		echo "test-release: NOT REHEARSED: not every language is here"; \
	else \
		rm -rf target/rehearsal && cd tests && $(TAKE) $(PYTHON) -m release.built ../target/rehearsal && \
			$(PYTHON) -m release.smoke ../target/rehearsal && $(PYTHON) -m release.rehearse ../target/rehearsal; \
	fi

# --- the documents as a site ----------------------------------------------------------------------------------------------

DOCS := target/docs
DOCS_VENV := $(DOCS)/venv
$(DOCS_VENV)/ready: tests/docs/requirements.txt
	rm -rf $(DOCS_VENV)
	$(PYTHON) -m venv $(DOCS_VENV)
	$(DOCS_VENV)/bin/python -m pip install --quiet -r $<
	touch $@

tests/docs/node_modules/.package-lock.json: tests/docs/package-lock.json
	cd tests/docs && npm ci --silent
	touch $@

DOCS_READY := $(DOCS_VENV)/ready tests/docs/node_modules/.package-lock.json

.PHONY: docs docs-with-references test-docs docs-checked
docs: ## the site of the documents, with the API of each language: target/docs/site
	@tests/toolchains.sh --install >/dev/null
	@$(MAKE) --no-print-directory docs-with-references

docs-with-references: $(DOCS_READY) bindings-node/node_modules/.package-lock.json
	tests/docs/references.sh $(DOCS)/references
	tests/docs/site.sh $(DOCS)/site $(DOCS)/references

test-docs: ## the site without the APIs: every page has its place, every link leads somewhere
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory docs-checked; else echo "test-docs: NOT TESTED: no Node.js"; fi

docs-checked: $(DOCS_READY)
	tests/docs/site.sh $(DOCS)/check
