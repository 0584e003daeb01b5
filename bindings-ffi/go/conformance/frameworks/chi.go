package main

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/jotgate/jotgate/bindings-ffi/go/conformance/internal/exchanges"
)

func chiPlain(validator *jotgate.Validator) http.Handler {
	router := chi.NewRouter()
	router.Use(validator.Middleware)
	router.HandleFunc("/*", exchanges.Application)
	return router
}

func chiRouted(validator *jotgate.Validator, mount string) http.Handler {
	inner := chi.NewRouter()
	inner.Get("/orders", exchanges.Route("orders.list"))
	inner.Post("/orders", exchanges.Route("orders.create"))
	inner.Get("/orders/{id}", exchanges.Route("orders.one"))
	inner.HandleFunc("/admin/*", exchanges.Route("admin"))
	inner.Get("/health", exchanges.Route("health"))
	inner.Get("/catalog", exchanges.Route("catalog"))
	inner.Get("/open", exchanges.Route("open"))
	outer := chi.NewRouter()
	outer.Use(validator.Middleware)
	outer.Mount(mount+"/", inner)
	return outer
}
