#!/bin/sh
# Uses the built JAR as a stranger would: a project far from the repository, with the JAR alone on its class path,
# compiles and validates tokens. Looks also at what the JAR holds. Build it first: build-native.sh, mvn package.
set -eu

cd "$(dirname "$0")"
here=$(pwd)
version=$(sed -n 's/^  <version>\(.*\)<\/version>$/\1/p' pom.xml)
jar=$here/target/jotgate-$version.jar
fail() {
    echo "check-package.sh: $1" >&2
    exit 1
}
[ -f "$jar" ] || fail "there is no target/jotgate-$version.jar; run build-native.sh, then mvn -q -B package -DskipTests"

project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
cp src/test/package/Use.java "$project/"
cd "$project"

jar tf "$jar" > names
strangers=$(grep '\.class$' names | grep -v '^io/jotgate/' || true)
[ -z "$strangers" ] || fail "classes outside io.jotgate: $strangers"
grep -q '^io/jotgate/JwtValidator\.class$' names || fail "the JAR has no JwtValidator"
grep -Eq '^native/(linux|macos|windows)-[a-z0-9_]+/(lib)?jotgate_jni\.(so|dylib|dll)$' names ||
    fail "the JAR has no native library under native/<os>-<arch>/"
for licence in LICENSE-APACHE LICENSE-AWS-LC LICENSE-MIT; do
    grep -q "^META-INF/$licence\$" names || fail "the JAR lacks $licence"
done
for platform in "$here"/target/native/*/; do
    platform=$(basename "$platform")
    grep -q "^native/$platform/." names || fail "the JAR lacks the library for $platform"
done

javac --release 17 -Xlint:all -Werror -cp "$jar" -d classes Use.java
# Nothing of the caller's may point to another library or class.
unset CLASSPATH JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS
printed=$(java -cp "$jar:classes" Use)
[ "$printed" = 'alice, expired, skipped' ] || fail "the program printed '$printed'"
echo "check-package.sh: jotgate-$version.jar works on its own"
