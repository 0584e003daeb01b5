package wycheproof

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// vectors are a file of Wycheproof's.
type vectors struct {
	Algorithm     string
	NumberOfTests int
	TestGroups    []group
}

// group is vectors that have a key in common, or a kind of key. Which fields there are depends on the schema.
type group struct {
	Private, Public map[string]any // of a JSON Web Signature
	PublicKey       publicKey
	Sha, MgfSha     string
	Tests           []vector
}

type publicKey struct {
	Curve, Uncompressed     string // ECDSA
	PK                      string // Ed25519
	Modulus, PublicExponent string // RSA
}

// vector is a JSON Web Signature, or a signature or a MAC of a message.
type vector struct {
	TcID     int `json:"tcId"`
	Comment  string
	JWS      string `json:"jws"`
	Key      octets
	Msg      octets
	Sig, Tag octets
	Result   string
}

// octets are written in hexadecimal.
type octets []byte

func (o *octets) UnmarshalText(text []byte) (err error) {
	*o, err = hex.DecodeString(string(text))
	return err
}

// folder is where the module's vectors lie; the go command downloads it where it is missing.
var folder = sync.OnceValues(func() (string, error) {
	said, err := exec.Command("go", "mod", "download", "-json", "github.com/c2sp/wycheproof").Output()
	if err != nil {
		return "", err
	}
	var module struct{ Dir string }
	err = json.Unmarshal(said, &module)
	return filepath.Join(module.Dir, "testvectors_v1"), err
})

func folderOf(t *testing.T) string {
	t.Helper()
	place, err := folder()
	if err != nil {
		t.Fatal(err)
	}
	return place
}

// schemaOf says what kind of vectors a file has.
func schemaOf(t *testing.T, file string) string {
	t.Helper()
	var read struct{ Schema string }
	decode(t, file, &read)
	return read.Schema
}

func decode(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folderOf(t), file))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, file string) vectors {
	t.Helper()
	var read vectors
	decode(t, file, &read)
	count := 0
	for _, group := range read.TestGroups {
		count += len(group.Tests)
	}
	if count == 0 || count != read.NumberOfTests {
		t.Fatalf("%s has %d vectors and says %d", file, count, read.NumberOfTests)
	}
	return read
}
