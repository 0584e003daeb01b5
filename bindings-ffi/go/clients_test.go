package jotgate_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// lookingUp leaves the clients to the host.
func (i *issuer) lookingUp() jotgate.Policy {
	policy := i.policy()
	policy.Issuers[0].ClientID = &jotgate.ClientID{AllowedByHost: true}
	return policy
}

func knowing(clients ...string) jotgate.Option {
	return jotgate.WithClientLookup(func(_ context.Context, id string, token *jotgate.Undecided) (bool, error) {
		if _, err := token.Claims(); err != nil {
			return false, err
		}
		for _, client := range clients {
			if client == id {
				return true, nil
			}
		}
		return false, nil
	})
}

func TestTheHostDecidesWhichClientsPass(t *testing.T) {
	idp := newIssuer(t)
	v := newValidator(t, idp.lookingUp(), knowing("web", "ümläut\n"))
	for _, client := range []string{"web", "ümläut\n"} {
		if _, err := v.Validate(t.Context(), idp.token(t, map[string]any{"azp": client})); err != nil {
			t.Error(err)
		}
	}
	for _, client := range []string{"other", "", "WEB"} {
		_, err := v.Validate(t.Context(), idp.token(t, map[string]any{"azp": client}))
		var rejected *jotgate.RejectedError
		if !errors.As(err, &rejected) || rejected.Code != jotgate.ErrClientNotAllowed || rejected.Claim != "azp" {
			t.Errorf("client %q: %v", client, err)
		}
	}
	_, err := v.Validate(t.Context(), idp.token(t, nil))
	if codeOf(t, err) != jotgate.ErrClientNotAllowed {
		t.Errorf("no client: %v", err)
	}
}

// The name of a claim in a refusal is the policy's, under which the application sees the claim. It must not point to what
// another goroutine's token has left.
func TestTheNameOfAMappedClientIsThePolicysOnAllGoroutines(t *testing.T) {
	idp := newIssuer(t)
	policy := idp.policy()
	policy.Issuers[0].ClientID = &jotgate.ClientID{Claims: []string{"upn"}, AllowedByHost: true}
	policy.Issuers[0].DefaultClaimMapping = true
	v := newValidator(t, policy, knowing("web"))
	if _, err := v.Validate(t.Context(), idp.token(t, map[string]any{"upn": "web"})); err != nil {
		t.Fatal(err)
	}
	const goroutines, rounds, name = 8, 50, "http://wso2.org/claims/userprincipal"
	var done sync.WaitGroup
	for goroutine := range goroutines {
		token := idp.token(t, map[string]any{"upn": strings.Repeat("mallory", goroutine+1)})
		done.Add(1)
		go func() {
			defer done.Done()
			for range rounds {
				_, err := v.Validate(context.Background(), token)
				var rejected *jotgate.RejectedError
				if !errors.As(err, &rejected) || rejected.Code != jotgate.ErrClientNotAllowed || rejected.Claim != name {
					t.Errorf("goroutine %d: %v", goroutine, err)
				}
				if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "mallory") {
					t.Errorf("goroutine %d: %v", goroutine, err)
				}
			}
		}()
	}
	done.Wait()
}

func TestTheMiddlewareLooksClientsUp(t *testing.T) {
	idp := newIssuer(t)
	url := serve(t, newValidator(t, idp.lookingUp(), knowing("web")))
	good := get(t, url, "Bearer "+idp.token(t, map[string]any{"client_id": "web"}))
	bad := get(t, url, "Bearer "+idp.token(t, map[string]any{"client_id": "other"}))
	if good.status != http.StatusOK || bad.status == http.StatusOK {
		t.Errorf("%+v, %+v", good, bad)
	}
}

func TestALookupThatFailsRefuses(t *testing.T) {
	idp := newIssuer(t)
	hooks := []jotgate.ClientLookup{
		func(context.Context, string, *jotgate.Undecided) (bool, error) { return true, errors.New("no store") },
		func(context.Context, string, *jotgate.Undecided) (bool, error) { panic("a bug") },
	}
	for _, hook := range hooks {
		v := newValidator(t, idp.lookingUp(), jotgate.WithClientLookup(hook))
		_, err := v.Validate(t.Context(), idp.token(t, map[string]any{"azp": "web"}))
		var rejected *jotgate.RejectedError
		if !errors.As(err, &rejected) || rejected.Code != jotgate.ErrClientNotAllowed || rejected.Claim != "azp" {
			t.Errorf("got %v", err)
		}
	}
}

func TestTheRefusalOfAClientIsTheCores(t *testing.T) {
	idp := newIssuer(t)
	policy := idp.lookingUp()
	policy.Routes = []jotgate.Route{{Path: "/health", Skip: true}, {Path: "/orders"}}
	v := newValidator(t, policy, knowing("web"), newClock().option())
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://api.test/orders", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+idp.token(t, map[string]any{"cid": "other"}))
	verified, err := v.ValidateRequest(request)
	var rejected *jotgate.RejectedError
	if verified != nil || !errors.As(err, &rejected) {
		t.Fatalf("got %v, %v", verified, err)
	}
	if rejected.Code != jotgate.ErrClientNotAllowed || rejected.Claim != "cid" || rejected.Detail == "" ||
		rejected.IssuerIndex != 0 || rejected.RouteIndex != 1 {
		t.Errorf("got %+v", rejected)
	}
}

func TestTheHostSeesATokenThatIsNotDecidedOn(t *testing.T) {
	idp := newIssuer(t)
	var seen []*jotgate.Undecided
	keep := func(token *jotgate.Undecided) (bool, error) {
		seen = append(seen, token)
		return len(seen) == 1, nil // known, and not revoked
	}
	v := newValidator(t, idp.lookingUp(), newClock().option(),
		jotgate.WithClientLookup(func(_ context.Context, id string, token *jotgate.Undecided) (bool, error) {
			if id != "web" {
				t.Errorf("client %q", id)
			}
			return keep(token)
		}),
		jotgate.WithRevocationCheck(func(_ context.Context, token *jotgate.Undecided) (bool, error) {
			return keep(token)
		}))
	verified, err := v.Validate(t.Context(), idp.token(t, map[string]any{"azp": "web", "SUB": "mallory"}))
	if err != nil || len(seen) != 2 {
		t.Fatalf("%v after %d questions", err, len(seen))
	}
	for _, token := range seen { // also when everything is over
		var decoded struct {
			Subject string `json:"sub"`
		}
		claims, err := token.Claims()
		if err != nil || claims["azp"] != "web" || token.Decode(&decoded) != nil || decoded.Subject != "alice" {
			t.Errorf("%v, %v, %+v", claims, err, decoded)
		}
		if !bytes.Equal(token.Payload(), verified.SignedPayload()) || !bytes.Equal(token.Header(), verified.Header()) ||
			token.IssuerIndex() != 0 || strings.Contains(fmt.Sprintf("%v %#v", token, token), "alice") {
			t.Errorf("%v with %s and %s", token, token.Header(), token.Payload())
		}
	}
}

func TestALookupThatIsMissingIsAPolicyError(t *testing.T) {
	idp := newIssuer(t)
	both := idp.lookingUp()
	both.Issuers[0].ClientID.Allowed = []string{"web"}
	for _, made := range []func() (*jotgate.Validator, error){
		func() (*jotgate.Validator, error) { return jotgate.New(idp.lookingUp()) },
		func() (*jotgate.Validator, error) { return jotgate.New(idp.lookingUp(), jotgate.WithClientLookup(nil)) },
		func() (*jotgate.Validator, error) { return jotgate.New(both, knowing("web")) },
	} {
		_, err := made()
		var problem *jotgate.PolicyError
		if !errors.As(err, &problem) || problem.Path != "Issuers[0].ClientID.Allowed" {
			t.Errorf("got %v", err)
		}
	}
	// Nobody is asked where the policy has its own list.
	listed := idp.policy()
	listed.Issuers[0].ClientID = &jotgate.ClientID{Allowed: []string{"web"}}
	v := newValidator(t, listed, knowing())
	if _, err := v.Validate(t.Context(), idp.token(t, map[string]any{"azp": "web"})); err != nil {
		t.Error(err)
	}
}
