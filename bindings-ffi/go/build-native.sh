#!/bin/sh
# Puts libjotgate.a, with its header, where cgo looks for them.
#
#   ./build-native.sh                    for this machine, built by cargo, or of the folder that JOTGATE_LIBRARIES names
#   ./build-native.sh linux-arm64-gnu    for a platform of platforms.json, of target/platforms; --build builds it first
set -eu

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root/tests"
exec python3 -m release.place go "$@"
