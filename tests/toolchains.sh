#!/usr/bin/env bash
# Prints the languages whose toolchains are on this machine, on one line; what is missing goes to standard error with how
# to get it. With --install, missing Debian packages are installed first where that is possible without asking.
# With CI=true a missing language is a failure.
set -euo pipefail

install=${1:-}
missing=0

# have COMMAND...: whether all of them are there.
have() {
    local command
    for command in "$@"; do command -v "$command" >/dev/null || return 1; done
}

# debian PACKAGE...: installs them, as root on a Debian system; elsewhere does nothing.
debian() {
    [ "$install" = --install ] && [ "$(id -u)" = 0 ] && have apt-get || return 0
    echo "installing $*" >&2
    if [ -z "${apt_updated:-}" ]; then apt-get update -qq >&2 && apt_updated=1; fi
    # RUNLEVEL=1: what is installed for tests is not to be started as a service of the machine.
    RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}

miss() {
    missing=1
    echo "$1: missing $2" >&2
}

languages=()

if have cargo cc || { debian gcc libc6-dev && have cargo cc; }; then
    languages+=(rust)
else
    miss "every language" "Rust 1.88 or later and a C compiler (rustup; Debian: gcc libc6-dev)"
fi

if python3 -c 'import ensurepip, venv' 2>/dev/null || { debian python3-venv && python3 -c 'import ensurepip, venv' 2>/dev/null; }; then
    languages+=(python)
else
    miss python "Python 3.10 or later with venv (Debian: python3-venv)"
fi

if have node npm; then languages+=(node); else miss node "Node.js 20 or later with npm"; fi

if ! have c++ pkg-config valgrind || ! pkg-config --exists json-c; then debian g++ pkg-config libjson-c-dev valgrind; fi
if have cc c++ pkg-config && pkg-config --exists json-c; then
    languages+=(c)
else
    miss c "a C and a C++ compiler, pkg-config and json-c (Debian: gcc g++ pkg-config libjson-c-dev; valgrind as well)"
fi

if have go cc; then languages+=(go); else miss go "Go 1.24 or later"; fi

if ! have javac mvn; then debian openjdk-17-jdk-headless maven; fi
if have javac mvn; then
    # Maven brings Kotlin's compiler.
    languages+=(java kotlin)
else
    miss "java and kotlin" "a JDK 17 or later and Maven (Debian: openjdk-17-jdk-headless maven)"
fi

# have_ruby: whether it is there with all that its tests stand on.
have_ruby() {
    have ruby puma rubocop && ruby -e 'require "ffi"; require "minitest"; require "rack"; require "sinatra/base"; require "webrick"' 2>/dev/null
}
if ! have_ruby; then
    debian ruby ruby-ffi ruby-minitest ruby-rack ruby-sinatra ruby-webrick puma rubocop
fi
if have_ruby; then
    languages+=(ruby)
else
    miss ruby "Ruby 3.1 or later with ffi, minitest, Rack, Sinatra, WEBrick, Puma and RuboCop (Debian: ruby ruby-ffi ruby-minitest ruby-rack ruby-sinatra ruby-webrick puma rubocop)"
fi

# ring's C code for WebAssembly, and a browser for `jotgate/edge`; without Chromium the vectors say that they did not run there.
if ! have clang; then debian clang; fi
have clang || miss "jotgate/edge" "clang (Debian: clang)"
if ! have chromium; then debian chromium; fi
have chromium || miss "jotgate/edge in a browser" "Chromium (Debian: chromium)"

# Only examples stand on them: without them the test of the installed library says that it leaves those out.
if ! pkg-config --exists libcurl libmicrohttpd; then debian libcurl4-openssl-dev libmicrohttpd-dev; fi
pkg-config --exists libcurl libmicrohttpd ||
    miss "examples in C" "libcurl and libmicrohttpd (Debian: libcurl4-openssl-dev libmicrohttpd-dev)"

# The tests of shared key sets start a server of their own; without it they say that they were skipped.
if ! have redis-server; then debian redis-server; fi
have redis-server || miss "tests of a shared store" "redis-server (Debian: redis-server)"

echo "${languages[*]}"
if [ "$missing" = 1 ] && [ "${CI:-}" = true ]; then exit 1; fi
