// Command serve puts HTTP exchanges of the test vectors through the middleware of the Go package, or odd request targets
// through it to a router.
//
//	serve [-routes] FILE
//
// See tests/conformance/exchanges.py, and targets.py, for what it is asked and what it prints.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
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

func main() {
	routes := flag.Bool("routes", false, "serve an application with routes")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: serve [-routes] FILE")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), *routes); err != nil {
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(1)
	}
}

type exchange struct {
	ID        string              `json:"id"`
	Policy    json.RawMessage     `json:"policy"`
	Responses map[string]response `json:"responses"`
	Now       float64             `json:"now"`
	Mount     string              `json:"mount"`
}

type response struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

func run(path string, routes bool) error {
	document, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var file struct {
		Exchanges []exchange `json:"exchanges"`
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
		if routes {
			handlers[e.ID] = routed(validator, e.Mount)
		} else {
			handlers[e.ID] = validator.Middleware(http.HandlerFunc(application))
		}
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

func application(w http.ResponseWriter, r *http.Request) {
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

func (e exchange) validator() (*jotgate.Validator, error) {
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
