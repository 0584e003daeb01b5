#!/usr/bin/env bash
# Installs the C interface as a packager does and uses it as a stranger would: a project far from the repository builds the
# examples with what pkg-config says and nothing else, shared, static and in C++, and runs them. One of them fetches its keys
# from a server on loopback. Takes the libraries from JOTGATE_LIBRARIES, or else builds the ones that ship.
set -euo pipefail
cd "$(dirname "$0")/.."

ffi=$PWD
version=$(sed -n 's/^version = "\(.*\)"/\1/p' ../Cargo.toml | head -n 1)
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
fail() { echo "check-package.sh: $1" >&2 && exit 1; }
ok() { echo "check-package.sh: $1: ok"; }

# expect STATUS TEXT COMMAND...: what it exits with, and what stands in what it prints.
expect() {
    local status=0 printed
    printed=$("${@:3}" 2>&1) || status=$?
    if [ "$status" -ne "$1" ] || ! grep -qF -- "$2" <<<"$printed"; then
        fail "${*:3} ended with $status, not $1, or lacks '$2': $printed"
    fi
}

DESTDIR=$project/stage PREFIX=/usr LIBDIR=/usr/lib/triplet ./install.sh
diff - <(cd "$project/stage" && find . -not -type d | sort) <<END || fail "other files than these were installed"
./usr/include/jotgate.h
./usr/lib/triplet/libjotgate.a
./usr/lib/triplet/libjotgate.so
./usr/lib/triplet/libjotgate.so.1
./usr/lib/triplet/pkgconfig/jotgate.pc
./usr/share/doc/jotgate/LICENSE-APACHE
./usr/share/doc/jotgate/LICENSE-MIT
./usr/share/doc/jotgate/THIRD-PARTY-LICENSES
END
told=$(PKG_CONFIG_PATH=$project/stage/usr/lib/triplet/pkgconfig pkg-config --variable=libdir jotgate)
[ "$told" = /usr/lib/triplet ] || fail "jotgate.pc tells packagers of $told"
ok "staged for a packager"

make --no-print-directory -C .. install PREFIX="$project/usr"
lib=$project/usr/lib
export PKG_CONFIG_PATH=$lib/pkgconfig
[ "$(pkg-config --modversion jotgate)" = "$version" ] || fail "jotgate.pc has another version"
# Not by `grep -q`, which ends what writes to it before that has written all.
readelf -d "$lib/libjotgate.so" | grep 'SONAME.*\[libjotgate\.so\.1\]' >/dev/null || fail "the library has another soname"
for library in "$lib/libjotgate.a" "$lib/libjotgate.so.1"; do
    if readelf -SW "$library" | grep '\.debug_info' >/dev/null; then fail "debug information is in $library"; fi
done
ok "installed: $(stat -c %s "$lib/libjotgate.a") bytes static, $(stat -c %s "$lib/libjotgate.so.1") bytes shared"

cp "$ffi"/examples/* "$project"
cd "$project"
warnings=(-Wall -Wextra -Werror -pedantic)
read -ra shared <<<"$(pkg-config --cflags --libs jotgate) -Wl,-rpath,$lib"
read -ra static <<<"$(pkg-config --static --cflags --libs jotgate)"
token=$(cat token.jwt)
forged=${token%?????}AAAAA

cc -std=c11 "${warnings[@]}" validate.c "${shared[@]}" -o validate
readelf -d validate | grep 'NEEDED.*\[libjotgate\.so\.1\]' >/dev/null || fail "the program looks for another name"
expect 0 'subject: alice' ./validate policy.json jwks.json "$token"
ok "C, shared"
# The linker warns that functions of libc which look up names are in it: nothing here calls them.
cc -std=c11 "${warnings[@]}" -static validate.c "${static[@]}" -o validate-static 2>linker.log || { cat linker.log >&2; fail "no static program"; }
if readelf -d validate-static | grep NEEDED >/dev/null; then fail "the static program needs shared libraries"; fi
expect 0 'subject: alice' ./validate-static policy.json jwks.json "$token"
read -ra flags <<<"$(pkg-config --cflags jotgate)"
cc -std=c11 "${warnings[@]}" validate.c "${flags[@]}" "$lib/libjotgate.a" -lpthread -ldl -lm -o validate-archive
if readelf -d validate-archive | grep 'NEEDED.*jotgate' >/dev/null; then fail "the program looks for the library in it"; fi
expect 1 'rejected: invalid_signature' ./validate-archive policy.json jwks.json "$forged"
ok "C, static"

sanitized=(-g -fsanitize=address,undefined -fno-sanitize-recover=all)
c++ -std=c++17 "${warnings[@]}" "${sanitized[@]}" request.cpp "${shared[@]}" -o request
expect 0 '"sub":"alice"' ./request policy.json jwks.json GET /orders Authorization "Bearer $token"
expect 1 '"status":401' ./request policy.json jwks.json GET /orders Authorization "Bearer $forged"
expect 1 '"status":401' ./request policy.json jwks.json GET /orders
expect 2 'keys: ' ./request jwks.json jwks.json GET /orders
ok "C++"

if ! pkg-config --exists libcurl libmicrohttpd json-c; then
    [ "${CI:-}" != true ] || fail "libcurl, libmicrohttpd or json-c is missing"
    echo "check-package.sh: libcurl, libmicrohttpd or json-c is missing: the examples on them are left out" >&2
    exit 0
fi
read -ra curl <<<"$(pkg-config --cflags --libs libcurl)"
cc -std=c11 "${warnings[@]}" "${sanitized[@]}" fetch.c curl_worker.c "${shared[@]}" "${curl[@]}" -o fetch
# Both servers end when this script does, because their input does.
mkfifo ports
exec {issuer}> >(exec python3 "$ffi/tests/key_server.py" "$project" >ports)
read -r port <ports
export no_proxy='*'
# fetching URL: a policy whose key set is there.
fetching() { sed "s|\"jwks_uri\": \".*\"|\"jwks_uri\": \"$1\"|" policy.json >fetching.json; }
fetching "http://127.0.0.1:$port/jwks.json"
expect 0 '"sub":"alice"' ./fetch fetching.json "$token" "$token"
expect 1 'rejected invalid_signature' ./fetch fetching.json "$forged"
asked=$(python3 -c 'import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())' "http://127.0.0.1:$port/count")
[ "$asked" = 2 ] || fail "the issuer was asked $asked times by two programs"
fetching "http://127.0.0.1:$port/missing"
expect 1 '404' ./fetch fetching.json "$token"
fetching "http://127.0.0.1:$port/moved"
expect 1 '302' ./fetch fetching.json "$token"
fetching "http://127.0.0.1:$port/large"
expect 1 'warning: ' ./fetch fetching.json "$token"
# Nobody listens there.
fetching "http://127.0.0.1:1/jwks.json"
expect 1 'Failed to connect' ./fetch fetching.json "$token"
ok "C, with keys by libcurl"

read -ra server <<<"$(pkg-config --cflags --libs libmicrohttpd json-c libcurl)"
cc -std=c11 "${warnings[@]}" "${sanitized[@]}" service.c curl_worker.c "${shared[@]}" "${server[@]}" -lpthread -o service
fetching "http://127.0.0.1:$port/jwks.json"
exec {application}> >(exec ./service fetching.json >ports)
application_id=$!
read -r port <ports
# ask METHOD TARGET [TOKEN]: the status, the challenge and the body.
ask() {
    python3 - "http://127.0.0.1:$port$2" "$1" "${3:-}" <<'END'
import sys, urllib.error, urllib.request
url, method, token = sys.argv[1:]
request = urllib.request.Request(url, method=method, headers={"Authorization": "Bearer " + token} if token else {})
try:
    answer = urllib.request.urlopen(request)
except urllib.error.HTTPError as refusal:
    answer = refusal
print(answer.status, answer.headers["WWW-Authenticate"], answer.read().decode())
END
}
expect 0 '200 None {"orders_of":"alice"}' ask GET '/orders?page=2' "$token"
expect 0 '404 ' ask GET /elsewhere "$token"
expect 0 '401 Bearer' ask GET /orders
expect 0 'error="invalid_token"' ask GET /orders "$forged"
expect 0 '403 Bearer error="insufficient_scope"' ask POST /orders "$token"
expect 0 'scope="orders:write"' ask POST /orders "$token"
exec {application}>&-
wait "$application_id" || fail "the service ended with $?"
ok "C, a service"
