#!/usr/bin/env bash
# Installs the C interface: the header, the shared and the static library, jotgate.pc and the licences.
#
# PREFIX (/usr/local), LIBDIR (PREFIX/lib) and INCLUDEDIR (PREFIX/include) say where programs find it, DESTDIR in front of all of
# them where packagers want it meanwhile, STRIP which `strip` it is for another platform, and RELOCATABLE=1 that jotgate.pc finds
# the others by its own place. Takes the libraries from JOTGATE_LIBRARIES, or else builds the ones that ship.
set -euo pipefail
cd "$(dirname "$0")/.."

prefix=${PREFIX:-/usr/local}
libdir=${LIBDIR:-$prefix/lib}
includedir=${INCLUDEDIR:-$prefix/include}
case $prefix in /*) ;; *) echo "install.sh: PREFIX must be absolute, and is $prefix" >&2 && exit 1 ;; esac
header=bindings-ffi/include/jotgate.h
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
abi=$(sed -n 's/^#define JOTGATE_ABI_VERSION //p' "$header")

libraries=${JOTGATE_LIBRARIES:-}
if [ -z "$libraries" ]; then
    cargo build --release -p jotgate-ffi --features aws-lc
    libraries=${CARGO_TARGET_DIR:-target}/release
fi

# put MODE FILE FOLDER NAME: one file, whatever lies there under its name. The folder is made where it is missing.
put() {
    install -d "${DESTDIR:-}$3"
    install -m "$1" "$2" "${DESTDIR:-}$3/$4"
}

# The file has the name that programs look for; the linker finds it by the one without a number.
if [ -e "$libraries/libjotgate.dylib" ]; then
    shared=libjotgate.$abi.dylib
    put 755 "$libraries/libjotgate.dylib" "$libdir" "$shared"
    ln -sf "$shared" "${DESTDIR:-}$libdir/libjotgate.dylib"
    system=darwin
elif [ -e "$libraries/jotgate.dll" ]; then
    # Programs look for it in the folder that they lie in and in those of PATH; the linker takes what stands for it.
    shared=libjotgate.dll.a
    put 755 "$libraries/jotgate.dll" "$prefix/bin" jotgate.dll
    put 644 "$libraries/libjotgate.dll.a" "$libdir" "$shared"
    system=windows
else
    shared=libjotgate.so.$abi
    put 755 "$libraries/libjotgate.so" "$libdir" "$shared"
    ln -sf "$shared" "${DESTDIR:-}$libdir/libjotgate.so"
    system=linux
fi
put 644 "$libraries/libjotgate.a" "$libdir" libjotgate.a
# A third of the archive is debug information of Rust's standard library. The names of functions stay, for backtraces.
"${STRIP:-strip}" -S "${DESTDIR:-}$libdir/libjotgate.a" "${DESTDIR:-}$libdir/$shared"

put 644 "$header" "$includedir" jotgate.h
for licence in LICENSE-APACHE LICENSE-MIT THIRD-PARTY-LICENSES; do
    put 644 "$licence" "$prefix/share/doc/jotgate" "$licence"
done

# What a program needs that has the archive in it, which platforms.json knows: all rows of a system say the same.
private=$(sed -n '/"os": "'"$system"'".*"libraries": /{ s/.*"libraries": "\([^"]*\)".*/\1/p; q; }' platforms.json)
[ -n "$private" ] || { echo "install.sh: platforms.json names no libraries for $system" >&2 && exit 1; }

# below FOLDER: the folder as jotgate.pc writes it, so that a tree which is moved needs another prefix alone.
below() { case $1 in "$prefix"/*) echo "\${prefix}${1#"$prefix"}" ;; *) echo "$1" ;; esac; }
if [ -n "${RELOCATABLE:-}" ]; then root="\${pcfiledir}/../.."; else root=$prefix; fi
config=$(mktemp)
trap 'rm -f "$config"' EXIT
cat >"$config" <<END
prefix=$root
libdir=$(below "$libdir")
includedir=$(below "$includedir")

Name: jotgate
Description: An API gateway's JWT policy, inside the process
Version: $version
Cflags: -I\${includedir}
Libs: -L\${libdir} -ljotgate
Libs.private: $private
END
put 644 "$config" "$libdir/pkgconfig" jotgate.pc
