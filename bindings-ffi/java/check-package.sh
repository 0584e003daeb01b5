#!/bin/sh
# Uses the built JARs as a stranger would: a project far from the repository, with the main JAR alone on its class path,
# compiles and validates tokens, and one with that of the test kit beside it tests itself. Looks also at what they hold. Build
# them first: build-native.sh, mvn -f reactor.xml package.
set -eu

cd "$(dirname "$0")"
here=$(pwd)
version=$(sed -n 's/^  <version>\(.*\)<\/version>$/\1/p' pom.xml)
jar=$here/target/jotgate-$version.jar
fail() {
    echo "check-package.sh: $1" >&2
    exit 1
}
kit=$here/testing/target/jotgate-testing-$version.jar
for built in "$jar" "$kit"; do
    [ -f "$built" ] || fail "there is no $built; run build-native.sh, then mvn -q -B -f reactor.xml package -DskipTests"
done

project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
cp src/test/package/*.java "$project/"
cd "$project"

jar tf "$jar" > names
strangers=$(grep '\.class$' names | grep -v '^io/jotgate/' || true)
[ -z "$strangers" ] || fail "classes outside io.jotgate: $strangers"
strangers=$(grep '^io/jotgate/testing/' names || true)
[ -z "$strangers" ] || fail "the test kit is in the main JAR: $strangers"
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

strangers=$(jar tf "$kit" | grep '\.class$' | grep -v '^io/jotgate/testing/' || true)
[ -z "$strangers" ] || fail "classes outside io.jotgate.testing: $strangers"
for licence in LICENSE-APACHE LICENSE-MIT; do
    jar tf "$kit" | grep -q "^META-INF/$licence\$" || fail "the JAR of the test kit lacks $licence"
done
javac --release 17 -Xlint:all,-classfile -Werror -cp "$jar:$kit" -d classes UseTesting.java
printed=$(java -cp "$jar:$kit:classes" UseTesting)
[ "$printed" = 'alice, expired, not found' ] || fail "the program of the test kit printed '$printed'"
echo "check-package.sh: jotgate-testing-$version.jar works beside it"

starter=$here/spring-boot-starter/target/jotgate-spring-boot-starter-$version.jar
[ -f "$starter" ] || fail "there is no $starter"
jar tf "$starter" > names
strangers=$(grep '\.class$' names | grep -v '^io/jotgate/spring/boot/' || true)
[ -z "$strangers" ] || fail "classes outside io.jotgate.spring.boot: $strangers"
for part in META-INF/LICENSE-APACHE META-INF/LICENSE-MIT META-INF/spring.factories META-INF/spring-configuration-metadata.json \
    META-INF/spring/org.springframework.boot.autoconfigure.AutoConfiguration.imports; do
    grep -q "^$part\$" names || fail "the JAR of the starter lacks $part"
done
echo "check-package.sh: jotgate-spring-boot-starter-$version.jar has its parts"
