package jotgate_test

import (
	"context"
	"errors"
	"net/http"
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
		if codeOf(t, err) != jotgate.ErrClientNotAllowed {
			t.Error(err)
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
		if !errors.As(err, &problem) || problem.Path != "issuers[0].client_id.allowed" {
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
