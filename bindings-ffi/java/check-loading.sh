#!/bin/sh
# Starts virtual machines in which the built JAR cannot load its native library, and looks whether each says on which platform
# that is, what was looked for and what to do, and none dies. Build first: make build-java.
set -eu

cd "$(dirname "$0")"
here=$(pwd)
version=$(sed -n 's/^  <version>\(.*\)<\/version>$/\1/p' pom.xml)
jar=$here/target/jotgate-$version.jar
[ -f "$jar" ] || { echo "check-loading.sh: there is no $jar; run make build-java" >&2; exit 1; }

project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
javac --release 17 -Xlint:all -Werror -cp "$jar" -d "$project/classes" src/test/package/Use.java src/test/loading/*.java
cd "$project"
unset CLASSPATH JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS
system=$(java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *os\.name = //p')
if [ "$system" != Linux ]; then
    echo "check-loading.sh: NOT TESTED: the failures that it makes are those of Linux, not of $system"
    exit 0
fi
mkdir unpacked
(cd unpacked && jar xf "$jar")
platform=$(basename "$(dirname "$(find unpacked/native -name '*.so' -not -path '*-musl/*' -path "*$(uname -m)*")")")
library=$project/unpacked/native/$platform/libjotgate_jni.so

# refused WHAT PART... -- COMMAND...: the command fails by an UnsatisfiedLinkError that has all parts, and is not killed.
refused() {
    what=$1
    shift
    : > parts
    while [ "$1" != -- ]; do printf '%s\n' "$1" >> parts && shift; done
    shift
    status=0
    "$@" > said 2>&1 || status=$?
    if [ "$status" -ne 1 ] || ! grep -q UnsatisfiedLinkError said; then
        echo "check-loading.sh: $what: ended with $status: $(head -c 2000 said)" >&2
        exit 1
    fi
    while read -r part; do
        grep -qF -- "$part" said || { echo "check-loading.sh: $what: lacks '$part': $(head -c 2000 said)" >&2 && exit 1; }
    done < parts
    echo "check-loading.sh: $what: ok"
}
use="java -cp $jar:classes"

refused 'a platform that there is no library for' linux-riscv64 linux-x86_64-musl -Djotgate.library.path -- \
    $use -Dos.arch=riscv64 Use

# With the library for musl it would load that one.
rm -rf unpacked/native/*-musl
head -c 4096 /dev/zero > ld-musl-x86_64.so.1
refused 'musl, and a JAR without it' "$platform-musl" 'is not in this JAR' -Djotgate.library.path -- \
    java -cp unpacked:classes Musl ld-musl-x86_64.so.1

refused 'a temporary folder that is not there' "$platform" "$project/none" -Djava.io.tmpdir -Djotgate.library.path -- \
    $use -Djava.io.tmpdir="$project/none" Use

head -c $(($(wc -c < "$library") / 2)) "$library" > half.so
refused 'half of a library' "$platform" "$project/half.so" 'cut off after' -- $use -Djotgate.library.path=half.so Use
echo 'no library' > text.so
head -c 100000 /dev/zero >> text.so
refused 'a file that is no library' "$platform" text.so -- $use -Djotgate.library.path=text.so Use
refused 'a file that is not there' "$platform" none.so 'is not there' -- $use -Djotgate.library.path=none.so Use

# Of the same length, so that nothing else in the library moves.
LC_ALL=C sed "s/$(echo "$version" | sed 's/\./\\./g')/9.9.9/g" "$library" > other.so
refused 'a library of another version' "$platform" 9.9.9 "$version" -Djotgate.library.path -- \
    $use -Djotgate.library.path=other.so Use

refused 'one file for two class loaders' "$platform" "$library" 'another class loader' -- \
    java -Djotgate.library.path="$library" -cp classes TwoLoaders "$jar" classes/
printed=$(java -cp classes TwoLoaders "$jar" classes/ | tr '\n' ' ')
[ "$printed" = 'alice, expired, skipped alice, expired, skipped ' ] ||
    { echo "check-loading.sh: two class loaders printed '$printed'" >&2 && exit 1; }
echo "check-loading.sh: two class loaders, each with a copy: ok"

# mounted OPTIONS COMMAND...: runs it with a folder of memory, mounted so, as java.io.tmpdir.
mounted() {
    mkdir -p folder
    unshare -rm sh -c 'mount -t tmpfs -o "$0" none folder && exec "$@"' "$@"
}
if mounted noexec true 2>/dev/null; then
    refused 'a temporary folder without programs' "$platform" "$project/folder" noexec -Djava.io.tmpdir -- \
        mounted noexec $use -Djava.io.tmpdir="$project/folder" Use
    refused 'a temporary folder that is read-only' "$platform" "$project/folder" Read-only -Djava.io.tmpdir -- \
        mounted ro $use -Djava.io.tmpdir="$project/folder" Use
else
    echo "check-loading.sh: NOT TESTED: noexec and read-only folders, for want of the right to mount them (unshare -rm)"
fi
