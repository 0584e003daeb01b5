package main

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/jotgate/jotgate/bindings-ffi/go/jotgatetest"
)

const policy = `jotgate.ForIssuer("https://idp.example.com/", "orders")`

// TestTheProgramAsItStands runs it. Two texts of it are others: where it listens, and its policy, whose keys a test has.
func TestTheProgramAsItStands(t *testing.T) {
	issuer := jotgatetest.New(t, jotgate.ForIssuer("https://idp.example.com/", "orders"), jotgatetest.WithAlgorithm("ES256"))
	address := freeAddress(t)
	text, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	program := string(text)
	for was, is := range map[string]string{
		"jotgate.New(" + policy: "jotgate.NewFromDocument([]byte(`" + string(issuer.Policy()) + "`)",
		"localhost:8080":        address,
	} {
		if strings.Count(program, was) != 1 {
			t.Fatalf("%q does not stand there once", was)
		}
		program = strings.Replace(program, was, is, 1)
	}
	begin(t, program)

	for _, asked := range []struct {
		token  string
		status int
		body   string
	}{
		{issuer.Token(jotgatetest.Subject("alice"), jotgatetest.Scopes("orders:read")), 200, "orders of alice"},
		{issuer.Token(), 403, "insufficient_scope"},
		{"", 401, "missing_token"},
	} {
		if status, body := get(t, "http://"+address+"/orders", asked.token); status != asked.status || !strings.Contains(body, asked.body) {
			t.Errorf("got %d %s", status, body)
		}
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// begin builds this text in the place of main.go, runs it, and ends it with the test.
func begin(t *testing.T, program string) {
	t.Helper()
	folder := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	here, err := filepath.Abs("main.go")
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{here: file("main.go", program)}})
	if err != nil {
		t.Fatal(err)
	}
	built := filepath.Join(folder, "smallest")
	build := exec.Command("go", "build", "-overlay", file("overlay.json", string(overlay)), "-o", built, ".")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	running := exec.Command(built)
	if err := running.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = running.Process.Kill()
		_ = running.Wait()
	})
}

// get asks until the program listens.
func get(t *testing.T, url, token string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	for err != nil && t.Context().Err() == nil {
		response, err = http.DefaultClient.Do(request)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}
