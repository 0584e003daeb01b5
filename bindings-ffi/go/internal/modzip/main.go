// Command modzip writes the folder of a module proxy that holds one version of this module and of those in its folders that are
// for others: what `go get` downloads, with the native libraries inside, which the repository does not have.
//
//	modzip MODULE-FOLDER REPOSITORY VERSION PROXY-FOLDER
package main

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

const module = "github.com/jotgate/jotgate/bindings-ffi/go"

// folders hold the modules that users get; there are others, for tests.
var folders = []string{".", "jotgateecho", "jotgategin", "jotgategrpc", "jotgateprometheus"}

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: modzip MODULE-FOLDER REPOSITORY VERSION PROXY-FOLDER")
		os.Exit(2)
	}
	for _, folder := range folders {
		if err := write(os.Args[1], folder, os.Args[2], os.Args[3], os.Args[4]); err != nil {
			fmt.Fprintln(os.Stderr, "modzip:", err)
			os.Exit(1)
		}
	}
}

func write(root, folder, repository, version, proxy string) error {
	libraries, err := filepath.Glob(filepath.Join(root, "native", "*", "libjotgate.a"))
	if err != nil {
		return err
	}
	if len(libraries) == 0 {
		return errors.New("there is no native library: run build-native.sh first")
	}
	source, name := filepath.Join(root, folder), path.Join(module, folder)
	versions := filepath.Join(proxy, filepath.FromSlash(name), "@v")
	if err := os.MkdirAll(versions, 0o755); err != nil {
		return err
	}
	goMod, err := os.ReadFile(filepath.Join(source, "go.mod"))
	if err != nil {
		return err
	}
	for file, content := range map[string][]byte{
		"list":            []byte(version + "\n"),
		version + ".info": fmt.Appendf(nil, "{%q:%q}\n", "Version", version),
		version + ".mod":  goMod,
	} {
		if err := os.WriteFile(filepath.Join(versions, file), content, 0o644); err != nil {
			return err
		}
	}
	archive, err := os.Create(filepath.Join(versions, version+".zip"))
	if err != nil {
		return err
	}
	return errors.Join(pack(archive, source, repository, name+"@"+version), archive.Close())
}

// pack writes every file below the names that the go command wants: module@version/file. Nothing in it depends on when
// or where it was made.
func pack(archive io.Writer, source, repository, root string) error {
	writer := zip.NewWriter(archive)
	for _, name := range []string{"LICENSE-APACHE", "LICENSE-MIT", "THIRD-PARTY-LICENSES"} {
		if err := add(writer, path.Join(root, name), filepath.Join(repository, name)); err != nil {
			return err
		}
	}
	err := filepath.WalkDir(source, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(source, file)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		switch {
		case entry.IsDir() && (name == "internal/modzip" || isOtherModule(source, file)):
			return fs.SkipDir
		case entry.IsDir(), strings.HasPrefix(entry.Name(), "."), path.Ext(name) == ".sh":
			return nil
		}
		return add(writer, path.Join(root, name), file)
	})
	return errors.Join(err, writer.Close())
}

// isOtherModule tells a folder that is a module of its own.
func isOtherModule(source, folder string) bool {
	_, err := os.Stat(filepath.Join(folder, "go.mod"))
	return folder != source && err == nil
}

func add(writer *zip.Writer, name, file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	entry, err := writer.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err != nil {
		return err
	}
	_, err = entry.Write(content)
	return err
}
