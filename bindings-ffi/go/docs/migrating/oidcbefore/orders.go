// Package oidcbefore is a service behind go-oidc.
package oidcbefore

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
)

func NewHandler(ctx context.Context) (http.Handler, error) {
	provider, err := oidc.NewProvider(ctx, "https://idp.example.com/")
	if err != nil {
		return nil, err
	}
	verifier := provider.Verifier(&oidc.Config{ClientID: "orders"})
	routes := http.NewServeMux()
	routes.HandleFunc("GET /orders", func(w http.ResponseWriter, r *http.Request) {
		token, found := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !found {
			http.Error(w, "no token", http.StatusUnauthorized)
			return
		}
		verified, err := verifier.Verify(r.Context(), token)
		if err != nil {
			http.Error(w, "bad token", http.StatusUnauthorized)
			return
		}
		var claims struct {
			Scope string `json:"scope"`
		}
		if err := verified.Claims(&claims); err != nil || !slices.Contains(strings.Fields(claims.Scope), "orders:read") {
			http.Error(w, "orders:read is needed", http.StatusForbidden)
			return
		}
		fmt.Fprintf(w, "orders of %s", verified.Subject)
	})
	return routes, nil
}
