//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"regexp"
	"sync"
	"sync/atomic"
	"time"
)

// Validator validates tokens against one policy and keeps the key sets that the policy names. Make one and share it:
// any number of goroutines may use it at once, and a validation whose keys are at hand takes no lock.
type Validator struct {
	// core is that of the policy that holds now; nil after Close. A call takes one and keeps it.
	core atomic.Pointer[core]
	// replacing lets one policy come in the place of another at a time.
	replacing sync.Mutex
}

// Option changes how a validator reaches the outside world. What it accepts is the policy's business. Nil stands for the
// default everywhere.
type Option func(*options)

type options struct {
	fetcher Fetcher
	store   Store
	clock   func() time.Time
	// logger is nil for slog.Default().
	logger  *slog.Logger
	hooks   hooks
	onEvent []func(Event)
}

// WithHTTPClient fetches key sets through this client: its transport, proxies, certificates and cookies. The client is
// copied and not changed; redirects are never followed, whatever it says. The default is a client like
// http.DefaultClient.
func WithHTTPClient(client *http.Client) Option {
	return func(o *options) {
		if client != nil {
			o.fetcher = newHTTPFetcher(client)
		}
	}
}

// WithFetcher fetches key sets through the user's own code.
func WithFetcher(fetcher Fetcher) Option {
	return func(o *options) {
		if fetcher != nil {
			o.fetcher = fetcher
		}
	}
}

// WithClock makes a validator go by this clock, for tokens and for key sets. The default is time.Now. The zero time is none:
// a validation that is given it panics.
func WithClock(clock func() time.Time) Option {
	return func(o *options) {
		if clock != nil {
			o.clock = clock
		}
	}
}

// WithLogger says through this logger, at level Warn, when an issuer ceases to give keys, and why: once until it gives some
// again. It also has the failures of the functions that are given here. The default is slog.Default() at that time.
func WithLogger(logger *slog.Logger) Option {
	return func(o *options) {
		if logger != nil {
			o.logger = logger
		}
	}
}

// New makes a validator from a typed policy. The error is a *PolicyError.
func New(policy Policy, opts ...Option) (*Validator, error) {
	document, err := documentOf(policy)
	if err != nil {
		return nil, err
	}
	return newFromSource(document, source{}, opts)
}

func documentOf(policy Policy) ([]byte, error) {
	if err := policy.representable(); err != nil {
		return nil, err
	}
	return writtenJSON(policy)
}

// writtenJSON writes what becomes a document. Package json has an escape of U+FFFD for what is not UTF-8, and the character itself for
// the character: the core is told of the former by an escape that is no character, and refuses it.
func writtenJSON(value any) ([]byte, error) {
	document, err := json.Marshal(value)
	if err != nil {
		return nil, &PolicyError{Message: fmt.Sprintf("cannot be written as JSON: %T", err)}
	}
	return escapes.ReplaceAllFunc(document, func(escape []byte) []byte {
		if string(escape) == `\ufffd` {
			return []byte(`\udfff`)
		}
		return escape
	}), nil
}

var escapes = regexp.MustCompile(`\\(?:ufffd|.)`)

// NewFromDocument makes a validator from a policy document: JSON, as every language of jotgate reads it. A path of {"file": …}
// in it starts at the working directory. The error is a *PolicyError.
func NewFromDocument(document []byte, opts ...Option) (*Validator, error) {
	return newFromSource(document, source{text: document, format: FormatJSON}, opts)
}

func newFromSource(document []byte, source source, opts []Option) (*Validator, error) {
	document, err := source.fill(document)
	if err != nil {
		return nil, err
	}
	settings := options{
		fetcher: newHTTPFetcher(&http.Client{}),
		clock:   time.Now,
	}
	for _, apply := range opts {
		apply(&settings)
	}
	core, err := newCore(document, rand.Uint64(), settings, source)
	if err != nil {
		return nil, err
	}
	v := new(Validator)
	v.core.Store(core)
	return v, nil
}

// Replace judges by another policy from now on. It is checked first: the error of one that is wrong is a *PolicyError, as that of
// New, and nothing has changed then. Validations that have begun end under the policy before; later ones see this one alone. Key
// sets of sources whose place and options are the same stay, with their age and their pauses after failures; others are fetched
// when they are needed. What the options of New brought along stays. An event of the kind EventPolicyReplaced tells of it.
//
// After Close the error is ErrClosed.
func (v *Validator) Replace(policy Policy) error {
	document, err := documentOf(policy)
	if err != nil {
		return err
	}
	return v.replaceFromSource(document, source{})
}

// ReplaceFromDocument is Replace with a policy document, as NewFromDocument takes it.
func (v *Validator) ReplaceFromDocument(document []byte) error {
	return v.replaceFromSource(document, source{text: document, format: FormatJSON})
}

func (v *Validator) replaceFromSource(document []byte, source source) error {
	document, err := source.fill(document)
	if err != nil {
		return err
	}
	v.replacing.Lock()
	defer v.replacing.Unlock()
	before := v.core.Load()
	if before == nil {
		return ErrClosed
	}
	next, err := before.replaced(document, source)
	if err != nil {
		return err
	}
	if !v.core.CompareAndSwap(before, next) {
		return ErrClosed // which ended the life of both
	}
	next.tellEvents()
	return nil
}

// Validate decides whether the token may pass: a compact JWS, without the word Bearer.
//
// It waits only when keys must be fetched first, and the context bounds that wait alone: what needs no fetch is decided
// whatever the context says, and a fetch goes on for others when this caller gives up. The context also reaches the
// functions of WithRevocationCheck and its neighbours.
//
// The error is a *RejectedError, a *KeysUnavailableError, one that wraps the context's error, or ErrClosed. Exactly one
// of the results is nil.
func (v *Validator) Validate(ctx context.Context, token string, more ...QuestionOption) (*Verified, error) {
	return v.validate(ctx, question{token: token}.with(more), nil)
}

// ValidateRequest finds the token in the request, where the policy looks for it, and validates it as Validate does. The
// context is the request's. The request is not changed and its body not read.
//
// Where the policy's routes ask the request for no token, the result is a Verified whose Skipped is true: the request
// may pass, and there are no claims. Policies without routes never give one.
func (v *Validator) ValidateRequest(r *http.Request, more ...QuestionOption) (*Verified, error) {
	return v.validate(r.Context(), question{isRequest: true}.with(more), r)
}

// validate asks the core with memory from the pool. The request is nil when the question is about a token.
func (v *Validator) validate(ctx context.Context, q question, r *http.Request) (*Verified, error) {
	core := v.core.Load()
	if core == nil {
		return nil, ErrClosed
	}
	s := scratches.Get().(*scratch)
	defer s.release()
	if r != nil {
		s.request.appendRequest(r, &core.reads)
	}
	return core.judge(ctx, q, s)
}

// Close ends the validator: fetches and calls of the store are cancelled, whoever waits gets ErrClosed, and so does every later call.
// Validations that are under way come to their verdict. Native memory is freed once the last of them is done. A validator
// that is never closed is freed when nothing refers to it any more. Closing twice is fine.
func (v *Validator) Close() {
	if core := v.core.Swap(nil); core != nil {
		core.end()
	}
}
