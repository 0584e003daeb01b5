package jotgate_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Where the package cannot work, the compiler says one thing, and what to do.
func TestOneClearErrorWhereItCannotWork(t *testing.T) {
	needsCgo := `cannot use "jotgate needs cgo: set CGO_ENABLED=1, and CC to a C compiler" (untyped string constant)`
	noLibrary := `cannot use "jotgate has libraries for linux and darwin on amd64 and arm64 alone" (untyped string constant)`
	for platform, want := range map[string]string{
		"linux/amd64/0":   needsCgo,
		"darwin/arm64/0":  needsCgo,
		"windows/amd64/0": noLibrary,
		"windows/amd64/1": noLibrary,
		"linux/386/1":     noLibrary,
		"freebsd/amd64/0": noLibrary,
	} {
		part := strings.Split(platform, "/")
		build := exec.Command("go", "build", ".") // which imports nothing there, so that nothing else is built
		build.Env = append(os.Environ(), "GOOS="+part[0], "GOARCH="+part[1], "CGO_ENABLED="+part[2], "CC=no-such-compiler")
		said, err := build.CombinedOutput()
		lines := strings.Split(strings.TrimSpace(string(said)), "\n")
		if err == nil || len(lines) != 2 || !strings.Contains(lines[1], want) {
			t.Errorf("%s: %v: %s", platform, err, said)
		}
	}
}

// A statically linked program runs where no C library is, such as in an empty container.
func TestStaticallyLinked(t *testing.T) {
	if libraries, _ := filepath.Glob("/usr/lib/*/libc.a"); libraries == nil {
		t.Skip("there is no libc.a: it comes with the C compiler's headers (libc6-dev, glibc-static)")
	}
	program := filepath.Join(t.TempDir(), "program")
	build := exec.Command("go", "build", "-tags", "netgo,osusergo", "-ldflags", "-s -w -linkmode external -extldflags -static",
		"-o", program, "./testdata/stranger")
	if said, err := build.CombinedOutput(); err != nil { // it warns of functions that nobody calls
		t.Fatalf("%v: %s", err, said)
	}
	said, err := exec.Command(program).CombinedOutput()
	if err != nil || !strings.HasPrefix(string(said), "alice, jotgate ") {
		t.Errorf("%v: %s", err, said)
	}
	if linked, err := exec.Command("ldd", program).CombinedOutput(); err == nil {
		t.Errorf("it is linked with %s", linked)
	}
}
