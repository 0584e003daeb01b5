// Package migrating holds both sides of docs/migrating.md, which run here: the tables of the page are what came of it.
package migrating

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/golang-jwt/jwt/v5"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/jotgate/jotgate/bindings-ffi/go/docs/migrating/jwtafter"
	"github.com/jotgate/jotgate/bindings-ffi/go/docs/migrating/jwtbefore"
	"github.com/jotgate/jotgate/bindings-ffi/go/docs/migrating/oidcafter"
	"github.com/jotgate/jotgate/bindings-ffi/go/docs/migrating/oidcbefore"
	"github.com/jotgate/jotgate/bindings-ffi/go/docs/migrating/shadow"
	"github.com/jotgate/jotgate/bindings-ffi/go/jotgatetest"
)

func page(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../migrating.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestThePageShowsCodeThatRuns(t *testing.T) {
	var files []byte
	for _, name := range []string{"oidcbefore", "oidcafter", "jwtbefore", "jwtafter", "shadow"} {
		file, err := os.ReadFile(name + "/orders.go")
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file...)
	}
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(page(t), -1)
	if len(blocks) != 5 {
		t.Fatalf("%d blocks", len(blocks))
	}
	for _, block := range blocks {
		if !bytes.Contains(files, []byte(block[1])) {
			t.Errorf("in no file:\n%s", block[1])
		}
	}
}

func TestThePageCountsLines(t *testing.T) {
	var lines [2]int
	for side, name := range []string{"oidcbefore", "oidcafter"} {
		file, err := os.ReadFile(name + "/orders.go")
		if err != nil {
			t.Fatal(err)
		}
		lines[side] = len(regexp.MustCompile(`(?m)^\t*[^\s/].*$`).FindAll(file, -1))
	}
	row := fmt.Sprintf("| %d lines for the file above, with its imports, and without blank ones and comments | %d lines |", lines[0], lines[1])
	if !strings.Contains(page(t), row) {
		t.Errorf("the page should say %s", row)
	}
}

// issuer answers for idp.example.com, whoever asks: nothing here needs a network.
func issuer(t *testing.T) *jotgatetest.Issuer {
	t.Helper()
	made := jotgatetest.New(t, jotgate.ForIssuer("https://idp.example.com/", "orders"), jotgatetest.WithAlgorithm("RS256"))
	before := http.DefaultTransport
	http.DefaultTransport = transport{made}
	t.Cleanup(func() { http.DefaultTransport = before })
	return made
}

type transport struct{ issuer *jotgatetest.Issuer }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := t.issuer.Fetch(r.Context(), jotgate.FetchRequest{URL: r.URL.String()})
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: answer.Status, Header: answer.Header, Body: io.NopCloser(bytes.NewReader(answer.Body)), Request: r,
	}, nil
}

// table runs the rows of the page's table below a heading through both, and says what the table should be where it is not.
func table(t *testing.T, heading string, issuer *jotgatetest.Issuer, before, after func(token string) string) {
	t.Helper()
	_, rest, found := strings.Cut(page(t), heading+"\n|---|---|---|\n")
	rows, _, _ := strings.Cut(rest, "\n\n")
	if !found || strings.Count(rows, "\n") < 10 {
		t.Fatalf("no table %s", heading)
	}
	var ran []string
	for row := range strings.Lines(rows) {
		name := strings.TrimSpace(strings.Split(row, "|")[1])
		token := tokenOf(issuer, name)
		ran = append(ran, fmt.Sprintf("| %s | %s | %s |", name, before(token), after(token)))
	}
	if want := strings.Join(ran, "\n"); want != strings.TrimSpace(rows) {
		t.Errorf("the table should be\n%s", want)
	}
}

// tokenOf is the token that a row speaks of: by the code that it gets, or by what is in it.
func tokenOf(issuer *jotgatetest.Issuer, row string) string {
	scope := jotgatetest.Scopes("orders:read")
	if code := regexp.MustCompile("^`([a-z_]+)`(?:$|:)").FindStringSubmatch(row); code != nil {
		return issuer.Bad(jotgate.Code(code[1]), scope).Token
	}
	if claim := regexp.MustCompile("^without `([a-z]+)`$").FindStringSubmatch(row); claim != nil {
		return issuer.Token(scope, jotgatetest.Without(claim[1]))
	}
	switch row {
	case "`iat` in the future":
		return issuer.Token(scope, jotgatetest.Claim("iat", 4_000_000_000))
	case "without the scope":
		return issuer.Token(jotgatetest.Scopes())
	case "the key set cannot be fetched":
		issuer.Break(jotgatetest.FaultUnreachable)
		issuer.Rotate(false)
	}
	return issuer.Token(scope)
}

func TestGoOIDC(t *testing.T) {
	issuer := issuer(t)
	before, err := oidcbefore.NewHandler(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	after, err := oidcafter.NewHandler()
	if err != nil {
		t.Fatal(err)
	}
	table(t, "| token | go-oidc | jotgate |", issuer, answering(before), answering(after))
}

// answering gives the status of a handler's answer, and jotgate's code.
func answering(handler http.Handler) func(token string) string {
	return func(token string) string {
		r := httptest.NewRequest(http.MethodGet, "/orders", nil)
		r.Header.Set("Authorization", "Bearer "+token)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if code := regexp.MustCompile(`"code":"([a-z_]+)"`).FindStringSubmatch(w.Body.String()); code != nil {
			return fmt.Sprintf("%d `%s`", w.Code, code[1])
		}
		return fmt.Sprint(w.Code)
	}
}

func TestGolangJWT(t *testing.T) {
	issuer := issuer(t)
	before, err := jwtbefore.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	after, err := jwtafter.New()
	if err != nil {
		t.Fatal(err)
	}
	table(t, "| token | golang-jwt and keyfunc | jotgate |", issuer, func(token string) string {
		_, err := before.ClaimsOf(token)
		return nameOf(err)
	}, func(token string) string {
		_, err := after.ClaimsOf(t.Context(), token)
		return nameOf(err)
	})
}

// nameOf is the error to compare with.
func nameOf(err error) string {
	var code jotgate.Code
	switch {
	case err == nil:
		return "accepted"
	case errors.As(err, &code):
		return "`" + string(code) + "`"
	}
	for name, sentinel := range map[string]error{
		"ErrTokenMalformed": jwt.ErrTokenMalformed, "ErrTokenUnverifiable": jwt.ErrTokenUnverifiable,
		"ErrTokenSignatureInvalid": jwt.ErrTokenSignatureInvalid, "ErrTokenInvalidAudience": jwt.ErrTokenInvalidAudience,
		"ErrTokenExpired": jwt.ErrTokenExpired, "ErrTokenInvalidIssuer": jwt.ErrTokenInvalidIssuer,
		"ErrTokenNotValidYet": jwt.ErrTokenNotValidYet, "ErrTokenUsedBeforeIssued": jwt.ErrTokenUsedBeforeIssued,
		"ErrTokenRequiredClaimMissing": jwt.ErrTokenRequiredClaimMissing,
	} {
		if errors.Is(err, sentinel) {
			return name
		}
	}
	return err.Error()
}

func TestBothDecideSideBySide(t *testing.T) {
	issuer := issuer(t)
	provider, err := oidc.NewProvider(t.Context(), "https://idp.example.com/")
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	was := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	t.Cleanup(func() { slog.SetDefault(was) })
	both := shadow.Orders{Verifier: provider.Verifier(&oidc.Config{ClientID: "orders"}), Validator: issuer.Validator()}

	for _, token := range []string{issuer.Token(), issuer.Bad(jotgate.ErrExpired).Token} {
		_, _ = both.Verify(context.Background(), token)
	}
	if log.Len() > 0 {
		t.Errorf("no difference is told: %s", &log)
	}
	if _, err := both.Verify(context.Background(), issuer.Token(jotgatetest.HeaderParameter("typ", "dpop+jwt"))); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "jotgate refuses what is accepted today") || !strings.Contains(log.String(), "code=invalid_type") {
		t.Errorf("got %s", &log)
	}
}
