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

// issuer is the fetcher of a scenario. It answers as the steps say, and only while a step lets it: a validation that a release
// has woken up may ask at once, but its fetch stands at the gate until the step that takes its verdict.
type issuer struct {
	*timers
	mutex   sync.Mutex
	changed *sync.Cond
	served  map[string]json.RawMessage
	isOpen  bool
	fetches int
	last    jotgate.FetchRequest
	// held are the calls that wait for their release, oldest first, and atGate counts those that have not come so far.
	held   []*heldCall
	atGate int
	store
}

// heldCall waits for its release.
type heldCall struct {
	// name is a URL, or the function of a store.
	name string
	// finish is run when it is released; it does not run when the call is dropped.
	finish func()
	ended  chan error
}

func newIssuer(timers *timers) *issuer {
	i := &issuer{timers: timers, served: make(map[string]json.RawMessage)}
	i.changed = sync.NewCond(&i.mutex)
	return i
}

// Fetch answers, or holds the fetch until its release.
func (i *issuer) Fetch(ctx context.Context, r jotgate.FetchRequest) (jotgate.FetchResponse, error) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if err := i.pass(ctx); err != nil {
		return jotgate.FetchResponse{}, err
	}
	i.fetches++
	i.last = r
	what := i.served[r.URL]
	if string(what) == `"hold"` {
		if err := i.hold(ctx, r.URL, func() { what = i.served[r.URL] }); err != nil {
			return jotgate.FetchResponse{}, err
		}
	}
	return answered(r.URL, what)
}

// pass lets a call of the validator's through the gate. The mutex is held.
func (i *issuer) pass(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		i.mutex.Lock()
		defer i.mutex.Unlock()
		i.changed.Broadcast()
	})
	defer stop()
	i.atGate++
	for !i.isOpen && ctx.Err() == nil {
		i.changed.Wait()
	}
	i.atGate--
	return ctx.Err()
}

// hold waits for the release, also beyond the deadline, but not beyond the end of the validator. The mutex is held, but for
// the time of the wait.
func (i *issuer) hold(ctx context.Context, name string, finish func()) error {
	call := &heldCall{name: name, finish: finish, ended: make(chan error, 1)}
	i.held = append(i.held, call)
	i.mutex.Unlock()
	defer i.mutex.Lock()
	select {
	case err := <-call.ended:
		return err
	case <-ctx.Done():
	}
	if ctx.Err() == context.Canceled {
		i.drop(call)
	}
	return <-call.ended
}

// release ends the held calls of this name, oldest first.
func (i *issuer) release(name string) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.end(func(call *heldCall) bool { return call.name == name }, func(call *heldCall) error {
		call.finish()
		return nil
	})
}

// drop ends a held call without an answer; nil stands for all of them.
func (i *issuer) drop(dropped *heldCall) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.end(
		func(call *heldCall) bool { return dropped == nil || call == dropped },
		func(*heldCall) error { return context.Canceled })
}

func (i *issuer) end(isMeant func(*heldCall) bool, how func(*heldCall) error) {
	var left []*heldCall
	for _, call := range i.held {
		if isMeant(call) {
			call.ended <- how(call)
		} else {
			left = append(left, call)
		}
	}
	i.held = left
}

func answered(address string, what json.RawMessage) (jotgate.FetchResponse, error) {
	var word string
	if len(what) == 0 || json.Unmarshal(what, &word) == nil {
		if word == "timeout" {
			return jotgate.FetchResponse{}, context.DeadlineExceeded
		}
		return jotgate.FetchResponse{}, &url.Error{Op: "Get", URL: address, Err: errors.New("connection refused")}
	}
	var answer struct {
		response
		Down *string `json:"down"`
	}
	if err := json.Unmarshal(what, &answer); err != nil {
		return jotgate.FetchResponse{}, err
	}
	if answer.Down != nil {
		return jotgate.FetchResponse{}, &url.Error{Op: "Get", URL: address, Err: errors.New(*answer.Down)}
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

func (i *issuer) lift()  { i.setOpen(true) }
func (i *issuer) lower() { i.setOpen(false) }

func (i *issuer) setOpen(open bool) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.isOpen = open
	i.changed.Broadcast()
}

// counted tells how many fetches reached the issuer.
func (i *issuer) counted() int {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	return i.fetches
}

// rests tells whether all work that is out stands here.
func (i *issuer) rests() bool {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	standing := len(i.held)
	if !i.isOpen { // what comes to an open gate is on its way
		standing += i.atGate
	}
	return i.isRunning(standing)
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
