package jotgate_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

func requirement(t *testing.T, asked jotgate.Asked) *jotgate.Requirement {
	t.Helper()
	requirement, err := jotgate.NewRequirement(asked)
	if err != nil {
		t.Fatal(err)
	}
	return requirement
}

func TestAnEndpointAsksForScopes(t *testing.T) {
	policy := hs256Policy()
	policy.Routes = []jotgate.Route{{Path: "/open", Skip: true}}
	var refusals []jotgate.Event
	validator := newValidator(t, policy, newClock().option(),
		jotgate.WithOnEvent(func(event jotgate.Event) { refusals = append(refusals, event) }))
	ok := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("done")) })
	server := httptest.NewServer(validator.Middleware(jotgate.RequireScopes("a", "b")(ok)))
	t.Cleanup(server.Close)

	enough := "Bearer " + hs256Token(t, map[string]any{"scope": "b a"})
	if got := get(t, server.URL, enough); got.status != http.StatusOK || got.body != "done" {
		t.Errorf("both scopes: %+v", got)
	}
	lacking := get(t, server.URL, "Bearer "+hs256Token(t, map[string]any{"scp": []string{"a"}}))
	if challenge := lacking.header.Get("WWW-Authenticate"); lacking.status != 403 || !strings.HasSuffix(challenge, `scope="a b"`) {
		t.Errorf("one scope: %+v", lacking)
	}
	if skipped := get(t, server.URL+"/open"); skipped.status != 401 || skipped.header.Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("no token: %+v", skipped)
	}
	codes := []jotgate.Code{}
	for _, refusal := range refusals {
		codes = append(codes, refusal.Code)
	}
	if !slices.Equal(codes, []jotgate.Code{jotgate.ErrInsufficientScope, jotgate.ErrMissingToken}) {
		t.Errorf("told of %v", codes)
	}
}

func TestWithoutTheMiddlewareNothingPasses(t *testing.T) {
	answer := httptest.NewRecorder()
	request := httptest.NewRequest(http.MethodGet, "/", nil)
	jotgate.RequireAnyScope("a")(http.NotFoundHandler()).ServeHTTP(answer, request)
	if answer.Code != http.StatusInternalServerError || answer.Body.Len() > 0 {
		t.Errorf("%+v", answer)
	}
}

func TestARequirementIsAskedInCode(t *testing.T) {
	validator := newValidator(t, hs256Policy(), newClock().option())
	verified, err := validator.Validate(t.Context(), hs256Token(t, map[string]any{"scope": "a b", "level": 2}))
	if err != nil {
		t.Fatal(err)
	}
	if scopes := verified.Scopes(); !slices.Equal(scopes, []string{"a", "b"}) || !verified.HasScope("b") || verified.HasScope("a b") {
		t.Errorf("scopes %v", scopes)
	}
	var mistake *jotgate.PolicyError
	_, err = jotgate.NewRequirement(jotgate.Asked{Claims: []jotgate.ClaimRule{{Expression: "request.method == 'GET'"}}})
	if !errors.As(err, &mistake) || mistake.Path != "Claims[0].Expression" {
		t.Errorf("an expression that sees a request: %v", err)
	}
	_, err = jotgate.NewRequirementFromDocument([]byte(`{"scopes":{"all":[""]}}`))
	if !errors.As(err, &mistake) || mistake.Path != "scopes.all[0]" {
		t.Errorf("a document speaks its own names: %v", err)
	}
	enough := jotgate.Asked{Claims: []jotgate.ClaimRule{{Claim: []string{"level"}, Min: "2"}}}
	if err := validator.Require(verified, requirement(t, enough)); err != nil {
		t.Error(err)
	}
	more := jotgate.Asked{Claims: []jotgate.ClaimRule{{Claim: []string{"level"}, Min: "3"}}}
	err = validator.Require(verified, requirement(t, more))
	var rejected *jotgate.RejectedError
	if !errors.As(err, &rejected) || rejected.Code != jotgate.ErrClaimRejected || rejected.Claim != "level" || rejected.IssuerIndex != 0 {
		t.Errorf("%+v", err)
	}
	validator.Close()
	if err := validator.Require(verified, requirement(t, enough)); !errors.Is(err, jotgate.ErrClosed) {
		t.Error(err)
	}
	if !verified.HasScope("a") {
		t.Error("a token has its scopes as long as it is there")
	}
}

func TestScopesAreThoseThatWereSigned(t *testing.T) {
	policy := hs256Policy()
	policy.Issuers[0].Scopes = &jotgate.Scopes{Claims: []string{"may"}}
	policy.Issuers[0].ClaimMapping = map[string]string{"may": "perms"}
	validator := newValidator(t, policy, newClock().option(),
		jotgate.WithTransform(func(context.Context, map[string]any) (map[string]any, error) {
			return map[string]any{"perms": "root"}, nil
		}))
	verified, err := validator.Validate(t.Context(), hs256Token(t, map[string]any{"may": "a", "scope": "b"}))
	if err != nil {
		t.Fatal(err)
	}
	if scopes := verified.Scopes(); !slices.Equal(scopes, []string{"a"}) {
		t.Errorf("scopes %v", scopes)
	}
	root := requirement(t, jotgate.Asked{Scopes: &jotgate.RouteScopes{All: []string{"root"}}})
	var rejected *jotgate.RejectedError
	if err := validator.Require(verified, root); !errors.As(err, &rejected) || rejected.Claim != "perms" {
		t.Errorf("%+v", err)
	}
}

func TestWhatIsNoScopePanicsWhenTheProgramStarts(t *testing.T) {
	for path, make := range map[string]func(){
		"Scopes":        func() { jotgate.RequireScopes() },
		"Scopes.All[1]": func() { jotgate.RequireScopes("a", "b c") },
		"Scopes.Any[0]": func() { jotgate.RequireAnyScope("") },
	} {
		func() {
			defer func() {
				mistake, _ := recover().(*jotgate.PolicyError)
				if mistake == nil || mistake.Path != path {
					t.Errorf("%s: %v", path, mistake)
				}
			}()
			make()
		}()
	}
}

func TestManyGoroutinesAskForTheSame(t *testing.T) {
	validator := newValidator(t, hs256Policy(), newClock().option())
	verified, err := validator.Validate(t.Context(), hs256Token(t, map[string]any{"scope": "a"}))
	if err != nil {
		t.Fatal(err)
	}
	asked := requirement(t, jotgate.Asked{Scopes: &jotgate.RouteScopes{All: []string{"a"}}})
	var group sync.WaitGroup
	for range 8 {
		group.Add(1)
		go func() {
			defer group.Done()
			for range 100 {
				if err := validator.Require(verified, asked); err != nil || !verified.HasScope("a") {
					t.Error(err)
				}
			}
		}()
	}
	group.Wait()
}

func TestATokenOfAnotherValidatorIsRefused(t *testing.T) {
	policy := hs256Policy()
	other := policy.Issuers[0]
	other.Issuer = jotgate.OneOf("https://other.test/")
	policy.Issuers = []jotgate.Issuer{other, policy.Issuers[0]}
	verified, err := newValidator(t, policy, newClock().option()).Validate(t.Context(), hs256Token(t, map[string]any{"scope": "a"}))
	if err != nil {
		t.Fatal(err)
	}
	asked := requirement(t, jotgate.Asked{Scopes: &jotgate.RouteScopes{All: []string{"a"}}})
	err = newValidator(t, hs256Policy(), newClock().option()).Require(verified, asked)
	if !errors.Is(err, jotgate.ErrInternal) {
		t.Error(err)
	}
}
