#!/usr/bin/env bash
# Installs Deno and workerd by exact version, and runs the examples of jotgate/edge on them.
set -euo pipefail
cd "$(dirname "$0")/../.."

runtimes=$PWD/../target/edge-runtimes
mkdir -p "$runtimes"
npm install --prefix "$runtimes" --no-save --silent deno@2.9.6 workerd@1.20261117.1
[ -d dist ] || npm run build:js
JOTGATE_RUNTIMES="$runtimes/node_modules/.bin" node --test test/edge/runtimes.mjs
