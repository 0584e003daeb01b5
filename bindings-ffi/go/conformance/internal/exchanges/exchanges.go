// Package exchanges serves HTTP exchanges of the test vectors, through whatever is in front of an application. See
// tests/conformance/exchanges.py, and targets.py, for what a server is asked and what it prints.
package exchanges

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// Exchange is one of the file, as much of it as a server needs.
type Exchange struct {
	ID        string              `json:"id"`
	Policy    json.RawMessage     `json:"policy"`
	Responses map[string]response `json:"responses"`
	Now       float64             `json:"now"`
	// Mount is where an application with routes is mounted.
	Mount string `json:"mount"`
}

type response struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

// Serve serves all exchanges of a file, each with the application that is made for it, until standard input ends.
func Serve(path string, application func(Exchange, *jotgate.Validator) http.Handler) error {
	document, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var file struct {
		Exchanges []Exchange `json:"exchanges"`
	}
	if err := json.Unmarshal(document, &file); err != nil {
		return err
	}
	handlers := make(map[string]http.Handler)
	for _, e := range file.Exchanges {
		validator, err := e.validator()
		if err != nil {
			return fmt.Errorf("%s: %w", e.ID, err)
		}
		handlers[e.ID] = application(e, validator)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("{\"port\": %d}\n", listener.Addr().(*net.TCPAddr).Port)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	// No ServeMux in front: it would redirect paths that it does not like, and never ask the middleware.
	return http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handlers[r.Header.Get("X-Exchange")].ServeHTTP(w, r)
	}))
}

// Application answers what it sees of a request and its token.
func Application(w http.ResponseWriter, r *http.Request) {
	claims := json.RawMessage("null")
	if verified, ok := jotgate.FromContext(r.Context()); ok {
		claims = verified.Payload()
	}
	w.Header().Set("Content-Type", "application/json")
	fields := make(map[string]string)
	for name, values := range r.Header {
		fields[name] = strings.Join(values, ", ")
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"claims": claims, "fields": fields, "query": r.URL.RawQuery})
}

// Route is a handler of an application with routes that tells its name.
func Route(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		claims := map[string]any{"sub": "none"}
		if verified, ok := jotgate.FromContext(r.Context()); ok {
			_ = verified.Decode(&claims)
		}
		w.Header().Set("X-Handler", name)
		w.Header().Set("X-Subject", fmt.Sprint(claims["sub"]))
		_, _ = io.WriteString(w, name)
	}
}

func (e Exchange) validator() (*jotgate.Validator, error) {
	now := func() time.Time { return time.UnixMilli(int64(math.Round(e.Now * 1000))) }
	fetch := func(_ context.Context, r jotgate.FetchRequest) (jotgate.FetchResponse, error) {
		answer, known := e.Responses[r.URL]
		if !known {
			return jotgate.FetchResponse{}, errors.New("nobody listens at " + r.URL)
		}
		header := make(http.Header)
		for name, value := range answer.Headers {
			header.Set(name, value)
		}
		return jotgate.FetchResponse{Status: answer.Status, Header: header, Body: []byte(answer.Body)}, nil
	}
	return jotgate.NewFromDocument(e.Policy, jotgate.WithClock(now), jotgate.WithFetcher(jotgate.FetcherFunc(fetch)),
		jotgate.WithLogger(slog.New(slog.DiscardHandler)))
}
