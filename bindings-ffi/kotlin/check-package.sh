#!/bin/sh
# Uses the built JAR as a stranger would: a project far from the repository compiles a program on it and on the JAR of Java, and runs it
# with nothing beside them but Kotlin's library and coroutines. Looks also at what it holds. Build first: make build-kotlin.
set -eu

cd "$(dirname "$0")"
here=$(pwd)
version=$(sed -n 's/^  <version>\(.*\)<\/version>$/\1/p' pom.xml)
kotlin=$(sed -n 's/.*<kotlin.version>\(.*\)<.*/\1/p' pom.xml)
coroutines=$(sed -n 's/.*<coroutines.version>\(.*\)<.*/\1/p' pom.xml)
jar=$here/target/jotgate-kotlin-$version.jar
java=$here/../java/target/jotgate-$version.jar
fail() {
    echo "check-package.sh: $1" >&2
    exit 1
}
for built in "$jar" "$java"; do
    [ -f "$built" ] || fail "there is no $built; run make build-kotlin"
done
# What a repository of artifacts asks of each.
for part in name description url licenses developers scm; do
    grep -q "^  <$part>" pom.xml || fail "pom.xml has no <$part>"
done

project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
mkdir -p "$project/src"
cp src/test/package/Use.kt "$project/src/"
sed -e "s|@JAR@|$jar|" -e "s|@JAVA@|$java|" -e "s|@KOTLIN@|$kotlin|" -e "s|@COROUTINES@|$coroutines|" src/test/package/pom.xml > "$project/pom.xml"
cd "$project"

jar tf "$jar" > names
strangers=$(grep '\.class$' names | grep -Ev '^io/jotgate/(kotlin|ktor)/' || true)
[ -z "$strangers" ] || fail "classes outside io.jotgate.kotlin and io.jotgate.ktor: $strangers"
for part in META-INF/LICENSE-APACHE META-INF/LICENSE-MIT META-INF/jotgate-kotlin.kotlin_module io/jotgate/kotlin/JotgateValidator.class; do
    grep -q "^$part\$" names || fail "the JAR lacks $part"
done

export MAVEN_OPTS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
mvn -q -B compile dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=libraries
# Nothing of the caller's may point to another library or class.
unset CLASSPATH JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS
printed=$(java -cp "$jar:$java:target/classes:libraries/*" UseKt)
[ "$printed" = 'alice, expired, skipped' ] || fail "the program printed '$printed'"
echo "check-package.sh: jotgate-kotlin-$version.jar works beside that of Java"
