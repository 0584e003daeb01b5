package jotgatetest

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// Fault is how a key set is broken.
type Fault string

const (
	// FaultHTML is a page of HTML with status 200: the login page of a proxy.
	FaultHTML Fault = "html"
	// FaultEmpty is a key set without a key.
	FaultEmpty Fault = "empty"
	// FaultWrongKey is other keys under the names of the right ones.
	FaultWrongKey Fault = "wrong_key"
	// FaultError is status 500.
	FaultError Fault = "error"
	// FaultGone is status 404.
	FaultGone Fault = "gone"
	// FaultSlow is no answer in time. Fetch says so at once; only a Server keeps its clients waiting.
	FaultSlow Fault = "slow"
	// FaultUnreachable is no connection.
	FaultUnreachable Fault = "unreachable"
)

// Rotate signs with new keys from now on, and gives the id of the new one. With overlap the old one stays in the key set.
//
// A Policy and a Validator that were made before have the old key; those that fetch see the new one.
func (i *Issuer) Rotate(overlap bool) string {
	i.t.Helper()
	return i.text("rotate", map[string]any{"overlap": overlap})
}

// RotateTo is the same with an id for the new key.
func (i *Issuer) RotateTo(kid string, overlap bool) string {
	i.t.Helper()
	return i.text("rotate", map[string]any{"overlap": overlap, "kid": kid})
}

// RetireKeys takes the keys that do not sign any more out of the key set: the end of an overlap.
func (i *Issuer) RetireKeys() {
	i.t.Helper()
	i.do("retire_keys", nothing{}, nil)
}

// Break breaks what is fetched, until Mend.
func (i *Issuer) Break(fault Fault) {
	i.t.Helper()
	i.do("break_keys", map[string]any{"fault": fault}, nil)
}

// Mend makes it answer as it should again.
func (i *Issuer) Mend() {
	i.t.Helper()
	i.do("mend", nothing{}, nil)
}

// Fetch makes the issuer a jotgate.Fetcher: with jotgate.WithFetcher(issuer), a validator of the policy as it ships needs no
// network.
func (i *Issuer) Fetch(_ context.Context, request jotgate.FetchRequest) (jotgate.FetchResponse, error) {
	served, err := i.served(request.URL)
	switch {
	case err != nil:
		return jotgate.FetchResponse{}, err
	case served.Fault == FaultSlow:
		return jotgate.FetchResponse{}, context.DeadlineExceeded
	case served.Status == 0:
		err := errors.New("the issuer of the test is unreachable")
		return jotgate.FetchResponse{}, &url.Error{Op: "Get", URL: request.URL, Err: err}
	}
	header := http.Header{"Content-Type": {served.ContentType}}
	return jotgate.FetchResponse{Status: served.Status, Header: header, Body: []byte(served.Body)}, nil
}

// Server is an issuer behind a socket of the loopback interface.
type Server struct {
	*httptest.Server
	issuer *Issuer
	end    func()
}

// Serve begins a server that publishes the keys, for a test that wants sockets. It ends with the test.
func (i *Issuer) Serve() *Server {
	closing := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.answer(w, r, closing)
	}))
	s := &Server{Server: server, issuer: i, end: sync.OnceFunc(func() { close(closing) })}
	i.t.Cleanup(s.Close)
	return s
}

// Policy is the document of the application's policy, whose keys are fetched from here.
func (s *Server) Policy() []byte {
	s.issuer.t.Helper()
	return s.issuer.PolicyFetching(s.URL)
}

// Close ends it, and whatever waits for a slow answer.
func (s *Server) Close() {
	s.end()
	s.Server.Close()
}

func (i *Issuer) answer(w http.ResponseWriter, r *http.Request, closing <-chan struct{}) {
	served, err := i.served("http://" + r.Host + r.URL.RequestURI())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if served.Fault == FaultSlow {
		select {
		case <-closing:
		case <-r.Context().Done():
		}
	}
	if served.Status == 0 {
		panic(http.ErrAbortHandler) // which ends the connection without an answer, and says nothing
	}
	w.Header().Set("Content-Type", served.ContentType)
	w.WriteHeader(served.Status)
	_, _ = w.Write([]byte(served.Body))
}

type served struct {
	Status      int
	ContentType string `json:"content_type"`
	Body        string
	Fault       Fault
}

// served is what a GET is answered. It may run on any goroutine.
func (i *Issuer) served(url string) (served, error) {
	var answer served
	err := i.native.call("serve", map[string]any{"url": url}, &answer)
	return answer, err
}
