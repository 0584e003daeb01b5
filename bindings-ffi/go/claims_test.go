package jotgate_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// oddClaims are values of all types; json.Marshal writes "<" with an escape, in names and in texts.
var oddClaims = map[string]any{
	"empty": "", "e<e": "a<b\n", "ü": "Zoë", "scopes": []any{"read", "wri<te", "a,b", " \" ] "}, "none": []any{}, "mixed": []any{"a", 1},
	"nulls": []any{"a", nil}, "deep": map[string]any{"sub": "mallory"}, "big": json.Number("9007199254740993"), "huge": json.Number("12345678901234567890123"),
	"whole": json.Number("1.0"), "power": json.Number("1e3"), "least": json.Number("-9223372036854775808"), "yes": true, "no": false,
	"SUB": "mallory", "jti": "id-1", "null": json.RawMessage("null"),
}

func validated(t *testing.T, changes map[string]any, opts ...jotgate.Option) *jotgate.Verified {
	t.Helper()
	v := newValidator(t, hs256Policy(), append(opts, newClock().option())...)
	verified, err := v.Validate(t.Context(), hs256Token(t, changes))
	if err != nil {
		t.Fatal(err)
	}
	return verified
}

func TestASingleClaimIsRead(t *testing.T) {
	unchanged := jotgate.WithTransform(func(_ context.Context, claims map[string]any) (map[string]any, error) { return claims, nil })
	for name, verified := range map[string]*jotgate.Verified{
		"as signed": validated(t, oddClaims), "as transformed": validated(t, oddClaims, unchanged),
	} {
		all, err := verified.Claims()
		if err != nil {
			t.Fatal(err)
		}
		for claim, value := range all {
			assertReadAs(t, name, verified, claim, value)
		}
		for _, absent := range []string{"", "su", "subb", "Sub", "deep.sub", `e\u003ce`} {
			assertReadAs(t, name, verified, absent, nil)
		}
	}
}

// assertReadAs compares all that can be asked about a claim with its value from Claims.
func assertReadAs(t *testing.T, name string, v *jotgate.Verified, claim string, value any) {
	t.Helper()
	text, isText := value.(string)
	number, isNumber := value.(json.Number)
	boolean, isBool := value.(bool)
	whole, wholeErr := number.Int64()
	if wholeErr != nil {
		whole = 0
	}
	texts, areTexts := textsIn(value)
	for what, pair := range map[string][2]any{
		"text":    {first(v.Text(claim)), answer{text, isText}},
		"number":  {first(v.Number(claim)), answer{number, isNumber}},
		"bool":    {first(v.Bool(claim)), answer{boolean, isBool}},
		"int":     {first(v.Int(claim)), answer{whole, isNumber && wholeErr == nil}},
		"strings": {first(v.Texts(claim)), answer{texts, areTexts}},
	} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s: %s of %s: got %#v, want %#v", name, what, claim, pair[0], pair[1])
		}
	}
	raw, exists := v.Raw(claim), value != nil || claim == "null"
	var read any
	if exists != (raw != nil) || exists && (unmarshalNumbers(raw, &read) != nil || !reflect.DeepEqual(read, value)) {
		t.Errorf("%s: %s is %s", name, claim, raw)
	}
}

type answer struct{ value, ok any }

func first[T any](value T, ok bool) answer { return answer{value, ok} }

func textsIn(value any) (texts []string, ok bool) {
	switch value := value.(type) {
	case string:
		return []string{value}, true
	case []any:
		texts = []string{}
		for _, element := range value {
			text, isText := element.(string)
			if !isText {
				return nil, false
			}
			texts = append(texts, text)
		}
		return texts, true
	default:
		return nil, false
	}
}

func unmarshalNumbers(text []byte, into any) error {
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	return decoder.Decode(into)
}

func TestRegisteredClaimsHaveTheirOwnNames(t *testing.T) {
	got := validated(t, map[string]any{"jti": "id-1", "aud": []any{"other", audience}})
	if got.Subject() != "alice" || got.Issuer() != issuerName || got.ID() != "id-1" {
		t.Errorf("got %q, %q, %q", got.Subject(), got.Issuer(), got.ID())
	}
	if !reflect.DeepEqual(got.Audience(), []string{"other", audience}) {
		t.Errorf("audience %q", got.Audience())
	}
	without := validated(t, map[string]any{"sub": nil})
	if without.Subject() != "" || without.ID() != "" || !reflect.DeepEqual(without.Audience(), []string{audience}) {
		t.Errorf("got %q, %q, %q", without.Subject(), without.ID(), without.Audience())
	}
}

func TestReadersSeeWhatTheTransformationMade(t *testing.T) {
	transform := func(_ context.Context, claims map[string]any) (map[string]any, error) {
		return map[string]any{"user<": claims["sub"], "list": []string{"a"}, "sub": 7}, nil
	}
	got := validated(t, nil, jotgate.WithTransform(transform))
	user, ok := got.Text("user<")
	number, _ := got.Int("sub")
	if user != "alice" || !ok || number != 7 || got.Subject() != "" || got.Audience() != nil {
		t.Errorf("got %q, %t, %d, %q, %q", user, ok, number, got.Subject(), got.Audience())
	}
	var decoded struct {
		User string   `json:"user<"`
		List []string `json:"list"`
		Sub  int      `json:"sub"`
	}
	if err := got.Decode(&decoded); err != nil || decoded.Sub != 7 || len(decoded.List) != 1 {
		t.Errorf("decoded %+v, %v", decoded, err)
	}
	if nobody := validated(t, nil, jotgate.WithTransform(func(context.Context, map[string]any) (map[string]any, error) {
		return map[string]any{}, nil
	})); nobody.Subject() != "" || nobody.Raw("sub") != nil || string(nobody.Payload()) != "{}" {
		t.Errorf("got %q, %s", nobody.Subject(), nobody.Payload())
	}
}

func TestMappedClaimsAreFoundUnderTheirNewNames(t *testing.T) {
	policy := hs256Policy()
	policy.Issuers[0].ClaimMapping = map[string]string{"mail": "email", "x": strings.Repeat("longer", 500)}
	v := newValidator(t, policy, newClock().option())
	token := hs256Token(t, map[string]any{"mail": "alice@test", "x": true})
	for _, result := range append(v.ValidateMany(t.Context(), []string{token, token}), one(v.Validate(t.Context(), token))) {
		if result.Err != nil {
			t.Fatal(result.Err)
		}
		mail, _ := result.Verified.Text("email")
		mapped, _ := result.Verified.Bool(strings.Repeat("longer", 500))
		if mail != "alice@test" || !mapped || result.Verified.Raw("mail") != nil || result.Verified.Subject() != "alice" {
			t.Errorf("got %q, %t", mail, mapped)
		}
	}
}

func one(verified *jotgate.Verified, err error) jotgate.Result {
	return jotgate.Result{Verified: verified, Err: err}
}

// TestManyClaimsMakeRoom is for tokens whose table of claims is longer than all the rest of them.
func TestManyClaimsMakeRoom(t *testing.T) {
	changes := make(map[string]any)
	for number := range 1000 {
		changes[fmt.Sprintf("%x", number)] = number % 10
	}
	v := newValidator(t, hs256Policy(), newClock().option())
	token := hs256Token(t, changes)
	for _, result := range append(v.ValidateMany(t.Context(), []string{token, token}), one(v.Validate(t.Context(), token))) {
		if result.Err != nil {
			t.Fatal(result.Err)
		}
		for name, want := range changes {
			if got, ok := result.Verified.Int(name); !ok || int(got) != want {
				t.Fatalf("%s: got %d, %t", name, got, ok)
			}
		}
	}
}

func TestARequestWithoutATokenHasNoClaims(t *testing.T) {
	policy := hs256Policy()
	policy.Routes = []jotgate.Route{{Path: "/open", Skip: true}}
	skipped, err := newValidator(t, policy, newClock().option()).ValidateRequest(httptest.NewRequest(http.MethodGet, "/open", nil))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := skipped.Text("sub"); ok || skipped.Subject() != "" || skipped.Audience() != nil || skipped.Raw("sub") != nil {
		t.Error("claims came from nowhere")
	}
	if err := skipped.Decode(new(struct{})); !errors.Is(err, jotgate.ErrNoClaims) {
		t.Errorf("got %v", err)
	}
}
