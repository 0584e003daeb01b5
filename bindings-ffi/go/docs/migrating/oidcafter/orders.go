// Package oidcafter is the same service behind jotgate.
package oidcafter

import (
	"fmt"
	"net/http"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

func NewHandler() (http.Handler, error) {
	validator, err := jotgate.New(jotgate.ForIssuer("https://idp.example.com/", "orders"))
	if err != nil {
		return nil, err
	}
	routes := http.NewServeMux()
	routes.Handle("GET /orders", jotgate.RequireScopes("orders:read")(http.HandlerFunc(orders)))
	return validator.Middleware(routes), nil
}

func orders(w http.ResponseWriter, r *http.Request) {
	verified, _ := jotgate.FromContext(r.Context())
	fmt.Fprintf(w, "orders of %s", verified.Subject())
}
