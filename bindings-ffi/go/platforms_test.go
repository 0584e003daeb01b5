package jotgate_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Where the package cannot work, the compiler says one thing, and what to do.
func TestOneClearErrorWhereItCannotWork(t *testing.T) {
	needsCgo := `cannot use "jotgate needs cgo: set CGO_ENABLED=1, and CC to a C compiler" (untyped string constant)`
	noLibrary := `cannot use "jotgate has libraries for linux, darwin (amd64, arm64), windows/amd64" (untyped string constant)`
	for platform, want := range map[string]string{
		"linux/amd64/0":   needsCgo,
		"darwin/arm64/0":  needsCgo,
		"windows/amd64/0": needsCgo,
		"windows/arm64/0": noLibrary,
		"windows/arm64/1": noLibrary,
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

// A copy of the module without its library, such as a clone of the repository has it, says so, and nothing else.
func TestOneClearErrorWithoutTheLibrary(t *testing.T) {
	copied := t.TempDir()
	if err := os.CopyFS(copied, withoutLibrary{os.DirFS(".")}); err != nil {
		t.Fatal(err)
	}
	build := exec.Command("go", "build", ".")
	build.Dir = copied
	said, err := build.CombinedOutput()
	const want = "this copy of the module has no library for this platform: get a released version, or run make build-go in the repository"
	if err == nil || !strings.Contains(string(said), want) || strings.Count(string(said), "error:") != 1 {
		t.Errorf("%v: %s", err, said)
	}
}

// withoutLibrary is the module's own folders, without what build-native.sh makes.
type withoutLibrary struct{ fs.FS }

func (w withoutLibrary) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(w.FS, name)
	return slices.DeleteFunc(entries, func(entry fs.DirEntry) bool {
		switch entry.Name() {
		case "libjotgate.a", "jotgate.h", "library.h":
			return true
		case "native", "internal":
			return false
		default:
			return name == "." && entry.IsDir()
		}
	}), err
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
