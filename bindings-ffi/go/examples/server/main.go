// Command server is a small service behind jotgate: GET /orders answers who asks, and lets no one in without a good
// token.
//
// Environment: ISSUER, AUDIENCE, JWKS_URI (default: the issuer's metadata says it), and PORT (on loopback, default 8080). It ends with SIGINT or SIGTERM.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

func main() {
	if err := serve(); err != nil {
		slog.Error("the server ended", "error", err)
		os.Exit(1)
	}
}

func serve() error {
	issuer := jotgate.Issuer{
		Issuer:   jotgate.OneOf(os.Getenv("ISSUER")),
		Audience: jotgate.OneOf(os.Getenv("AUDIENCE")),
	}
	if address := os.Getenv("JWKS_URI"); address != "" {
		issuer.Keys.JWKSURI = []string{address}
	}
	validator, err := jotgate.New(jotgate.SingleIssuer(issuer))
	if err != nil {
		return err
	}
	defer validator.Close()

	server := &http.Server{
		Addr:              net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv("PORT"), "8080")),
		Handler:           routes(validator),
		ReadHeaderTimeout: 5 * time.Second,
	}

	stop, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	context.AfterFunc(stop, func() { _ = server.Close() })
	slog.Info("listening", "address", server.Addr)
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func routes(validator *jotgate.Validator) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /orders", validator.Middleware(http.HandlerFunc(orders)))
	return mux
}

func orders(w http.ResponseWriter, r *http.Request) {
	verified, ok := jotgate.FromContext(r.Context())
	if !ok {
		http.Error(w, "not behind the middleware", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]string{"sub": verified.Subject(), "language": "go"})
}
