#!/bin/sh
# Uses the built JARs as a stranger would: a project far from the repository, with the main JAR alone on its class path,
# compiles and validates tokens, on the module path and from an image of jlink too, and one with that of the test kit beside it
# tests itself. Looks also at what they hold. Build them first: make build-java.
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
    [ -f "$built" ] || fail "there is no $built; run make build-java"
done

# What a repository of artifacts asks of each.
for pom in pom.xml testing/pom.xml grpc/pom.xml spring-boot-starter/pom.xml; do
    for part in name description url licenses developers scm; do
        grep -q "^  <$part>" "$pom" || fail "$pom has no <$part>"
    done
done

project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
cp src/test/package/*.java "$project/"
cd "$project"

jar tf "$jar" > names
strangers=$(grep '\.class$' names | grep -v '^io/jotgate/' | grep -v '^module-info\.class$' || true)
[ -z "$strangers" ] || fail "classes outside io.jotgate: $strangers"
strangers=$(grep '^io/jotgate/testing/' names || true)
[ -z "$strangers" ] || fail "the test kit is in the main JAR: $strangers"
grep -q '^io/jotgate/JwtValidator\.class$' names || fail "the JAR has no JwtValidator"
grep -Eq '^native/(linux|macos|windows)-[a-z0-9_]+(-musl)?/(lib)?jotgate_jni\.(so|dylib|dll)$' names ||
    fail "the JAR has no native library under native/<os>-<arch>/"
for licence in LICENSE-APACHE LICENSE-MIT THIRD-PARTY-LICENSES; do
    grep -q "^META-INF/$licence\$" names || fail "the JAR lacks $licence"
done
sources=$here/target/jotgate-$version-sources.jar
if [ -f "$sources" ]; then
    strangers=$(jar tf "$sources" | grep jotgate_jni || true)
    [ -z "$strangers" ] || fail "libraries are among the sources: $strangers"
fi
for platform in "$here"/target/native/*/; do
    platform=$(basename "$platform")
    grep -q "^native/$platform/." names || fail "the JAR lacks the library for $platform"
done
sources=${jar%.jar}-sources.jar
if [ -f "$sources" ] && jar tf "$sources" | grep '_jni'; then
    fail "the JAR of sources has a native library"
fi

javac --release 17 -Xlint:all -Werror -cp "$jar" -d classes Use.java
# Nothing of the caller's may point to another library or class.
unset CLASSPATH JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS
printed=$(java -cp "$jar:classes" Use)
[ "$printed" = 'alice, expired, skipped' ] || fail "the program printed '$printed'"
echo "check-package.sh: jotgate-$version.jar works on its own"

# As a module, whose reader sees exported packages alone, and none of the optional ones are there.
described=$(java --module-path "$jar" --describe-module io.jotgate | sed -E 's/@[^ ]+//; s/ file:.*//' | sort | tr '\n' ',')
for wanted in 'exports io.jotgate,' 'exports io.jotgate.httpserver,' 'exports io.jotgate.micrometer,' 'exports io.jotgate.servlet,' \
    'exports io.jotgate.spring,' 'requires java.net.http transitive,' 'requires org.jspecify static,'; do
    case $described in *"$wanted"*) ;; *) fail "the module has no '$wanted': $described" ;; esac
done
[ "$(echo "$described" | tr ',' '\n' | grep -c '^exports')" = 5 ] || fail "the module exports more: $described"
case $described in *opens* | *'requires jakarta.servlet,'*) fail "the module opens or requires too much: $described" ;; esac
mkdir -p module/use
{ echo 'package use;'; cat Use.java; } > module/use/Use.java
echo 'module use { requires io.jotgate; }' > module/module-info.java
javac --release 17 -Xlint:all -Werror --module-path "$jar" -d modules/use module/module-info.java module/use/Use.java
printed=$(java --module-path "$jar:modules" -m use/use.Use)
[ "$printed" = 'alice, expired, skipped' ] || fail "the module printed '$printed'"
if jlink --module-path "$jar:modules" --add-modules use --strip-debug --output image 2> linked; then
    printed=$(image/bin/java -m use/use.Use)
    [ "$printed" = 'alice, expired, skipped' ] || fail "the image of jlink printed '$printed'"
    echo "check-package.sh: jotgate-$version.jar is a module, and works in an image of $(image/bin/java --list-modules | wc -l) modules"
else
    cat linked >&2
    fail "jlink made no image"
fi

strangers=$(jar tf "$kit" | grep '\.class$' | grep -v '^io/jotgate/testing/' | grep -v '^module-info\.class$' || true)
[ -z "$strangers" ] || fail "classes outside io.jotgate.testing: $strangers"
for licence in LICENSE-APACHE LICENSE-MIT; do
    jar tf "$kit" | grep -q "^META-INF/$licence\$" || fail "the JAR of the test kit lacks $licence"
done
javac --release 17 -Xlint:all,-classfile -Werror -cp "$jar:$kit" -d classes UseTesting.java
printed=$(java -cp "$jar:$kit:classes" UseTesting)
[ "$printed" = 'alice, expired, not found' ] || fail "the program of the test kit printed '$printed'"
mkdir -p kit/kit
{ echo 'package kit;'; cat UseTesting.java; } > kit/kit/UseTesting.java
echo 'module kit { requires io.jotgate.testing; }' > kit/module-info.java
javac --release 17 -Xlint:all -Werror --module-path "$jar:$kit" -d modules/kit kit/module-info.java kit/kit/UseTesting.java
printed=$(java --module-path "$jar:$kit:modules" -m kit/kit.UseTesting)
[ "$printed" = 'alice, expired, not found' ] || fail "the module of the test kit printed '$printed'"
echo "check-package.sh: jotgate-testing-$version.jar works beside it"

guard=$here/grpc/target/jotgate-grpc-$version.jar
[ -f "$guard" ] || fail "there is no $guard"
strangers=$(jar tf "$guard" | grep '\.class$' | grep -v '^io/jotgate/grpc/' || true)
[ -z "$strangers" ] || fail "classes outside io.jotgate.grpc: $strangers"
for licence in LICENSE-APACHE LICENSE-MIT; do
    jar tf "$guard" | grep -q "^META-INF/$licence\$" || fail "the JAR of the interceptors lacks $licence"
done
echo "check-package.sh: jotgate-grpc-$version.jar has its parts"

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
