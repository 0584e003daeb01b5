package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// issuer is the fetcher of a scenario, and its store of key sets where it has one. It answers as the steps say, and only
// while a step lets it: a validation that a release has woken up may ask at once, but its fetch stands at the gate until the
// step that takes its verdict.
type issuer struct {
	mutex   sync.Mutex
	changed *sync.Cond
	served  map[string]json.RawMessage
	isOpen  bool
	asked   int // Fetches of this validator's that have come.
	ended   int // Those of them that the validator is done with.
	gone    int // Fetches of all validators that reached the issuer.
	atGate  int
	held    map[*heldFetch]bool
	last    jotgate.FetchRequest
	stored  *string // What the store has; nil without a store.
	saves   int
}

// heldFetch waits for its release.
type heldFetch struct {
	url    string
	answer chan json.RawMessage
}

func newIssuer() *issuer {
	i := &issuer{served: make(map[string]json.RawMessage), held: make(map[*heldFetch]bool)}
	i.changed = sync.NewCond(&i.mutex)
	return i
}

// Load gives what the store has.
func (i *issuer) Load(ctx context.Context) (string, error) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	err := i.pass(ctx)
	return *i.stored, err
}

// Save puts a text into the store.
func (i *issuer) Save(_ context.Context, text string) error {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.saves++
	i.stored = &text
	return nil
}

// pass lets a fetch of the validator's through the gate. The mutex is held.
func (i *issuer) pass(ctx context.Context) error {
	// The validator ends the context once it has told everybody of the answer.
	context.AfterFunc(ctx, i.end)
	i.asked++
	i.atGate++
	for !i.isOpen && ctx.Err() == nil {
		i.changed.Wait()
	}
	i.atGate--
	return ctx.Err()
}

// Fetch answers, or holds the fetch until its release. Where there is a store, the fetch has passed the gate already.
func (i *issuer) Fetch(ctx context.Context, r jotgate.FetchRequest) (jotgate.FetchResponse, error) {
	i.mutex.Lock()
	if i.stored == nil {
		if err := i.pass(ctx); err != nil {
			i.mutex.Unlock()
			return jotgate.FetchResponse{}, err
		}
	}
	i.gone++
	i.last = r
	what := i.served[r.URL]
	if string(what) != `"hold"` {
		i.mutex.Unlock()
		return answered(r.URL, what)
	}
	held := &heldFetch{url: r.URL, answer: make(chan json.RawMessage, 1)}
	i.held[held] = true
	i.mutex.Unlock()
	select {
	case what = <-held.answer:
		return answered(r.URL, what)
	case <-ctx.Done():
		i.mutex.Lock()
		defer i.mutex.Unlock()
		delete(i.held, held)
		return jotgate.FetchResponse{}, ctx.Err()
	}
}

// end counts a fetch whose context has ended, and lets it pass the gate.
func (i *issuer) end() {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.ended++
	i.changed.Broadcast()
}

func answered(address string, what json.RawMessage) (jotgate.FetchResponse, error) {
	var word string
	if len(what) == 0 || json.Unmarshal(what, &word) == nil {
		if word == "timeout" {
			return jotgate.FetchResponse{}, context.DeadlineExceeded
		}
		return jotgate.FetchResponse{}, &url.Error{Op: "Get", URL: address, Err: errors.New("connection refused")}
	}
	var answer response
	if err := json.Unmarshal(what, &answer); err != nil {
		return jotgate.FetchResponse{}, err
	}
	header := make(http.Header)
	for name, value := range answer.Headers {
		header.Set(name, value)
	}
	return jotgate.FetchResponse{Status: answer.Status, Header: header, Body: []byte(answer.Body)}, nil
}

func (i *issuer) serve(answers map[string]json.RawMessage) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	for address, what := range answers {
		i.served[address] = what
	}
}

// release answers the held fetches of a URL with what is served now.
func (i *issuer) release(address string) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	for held := range i.held {
		if held.url == address {
			held.answer <- i.served[address]
			delete(i.held, held)
		}
	}
}

func (i *issuer) lift()  { i.setOpen(true) }
func (i *issuer) lower() { i.setOpen(false) }

func (i *issuer) setOpen(open bool) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.isOpen = open
	i.changed.Broadcast()
}

// keep says what the store has from now on.
func (i *issuer) keep(text string) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.stored = &text
}

// counted tells how many fetches reached the issuer, and how often key sets were saved.
func (i *issuer) counted() (fetches, saves int) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	return i.gone, i.saves
}

// rests tells whether so many fetches have come, and each of them has ended or stands here.
func (i *issuer) rests(started int) bool {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	return i.asked == started && i.ended+i.atGate+len(i.held) == started
}

// forget begins to count anew for another validator, unless fetches of the last one are left.
func (i *issuer) forget() bool {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if i.ended != i.asked || i.atGate+len(i.held) != 0 {
		return false
	}
	i.asked, i.ended = 0, 0
	return true
}

// requested gives the members of the last request; null stands for a field that was not there.
func (i *issuer) requested() map[string]any {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	field := func(name string) any {
		if value := i.last.Header.Get(name); value != "" {
			return value
		}
		return nil
	}
	return map[string]any{
		"url":           i.last.URL,
		"timeout":       json.Number(seconds(i.last.Timeout)),
		"max_body":      i.last.MaxBody,
		"accept":        field("Accept"),
		"if_none_match": field("If-None-Match"),
		"cache_control": field("Cache-Control"),
	}
}

// seconds writes a fraction even where there is none: the judge tells integers and other numbers apart.
func seconds(length time.Duration) string { return strconv.FormatFloat(length.Seconds(), 'f', 3, 64) }
