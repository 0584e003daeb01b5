package main

import (
	"fmt"
	"io"
	"net/http"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// routed is an application with routes behind a middleware; see tests/conformance/targets.py.
func routed(validator *jotgate.Validator, mount string) http.Handler {
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
		inner.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			claims := map[string]any{"sub": "none"}
			if verified, ok := jotgate.FromContext(r.Context()); ok {
				_ = verified.Decode(&claims)
			}
			w.Header().Set("X-Handler", name)
			w.Header().Set("X-Subject", fmt.Sprint(claims["sub"]))
			_, _ = io.WriteString(w, name)
		})
	}
	if mount == "" {
		return validator.Middleware(inner)
	}
	outer := http.NewServeMux()
	outer.Handle(mount+"/", http.StripPrefix(mount, inner))
	return validator.Middleware(outer)
}
