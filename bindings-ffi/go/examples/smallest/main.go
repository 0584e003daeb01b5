package main

import (
	"fmt"
	"log"
	"net/http"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

func main() {
	validator, err := jotgate.New(jotgate.ForIssuer("https://idp.example.com/", "orders"))
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("GET /orders", jotgate.RequireScopes("orders:read")(http.HandlerFunc(orders)))
	log.Fatal(http.ListenAndServe("localhost:8080", validator.Middleware(http.DefaultServeMux)))
}

func orders(w http.ResponseWriter, r *http.Request) {
	verified, _ := jotgate.FromContext(r.Context())
	fmt.Fprintf(w, "orders of %s", verified.Subject())
}
