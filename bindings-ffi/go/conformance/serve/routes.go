package main

import (
	"net/http"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/jotgate/jotgate/bindings-ffi/go/conformance/internal/exchanges"
)

// routed is an application with routes behind a middleware; see tests/conformance/targets.py.
func routed(e exchanges.Exchange, validator *jotgate.Validator) http.Handler {
	inner := http.NewServeMux()
	for pattern, name := range map[string]string{
		"GET /orders":      "orders.list",
		"POST /orders":     "orders.create",
		"GET /orders/{id}": "orders.one",
		"/admin/":          "admin",
		"GET /health":      "health",
		"GET /catalog":     "catalog",
		"GET /open":        "open",
	} {
		inner.Handle(pattern, exchanges.Route(name))
	}
	if e.Mount == "" {
		return validator.Middleware(inner)
	}
	outer := http.NewServeMux()
	outer.Handle(e.Mount+"/", http.StripPrefix(e.Mount, inner))
	return validator.Middleware(outer)
}
