package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// stage is a validator on a clock that stands where the steps set it.
type stage struct {
	scenario
	*issuer
	validator *jotgate.Validator
	events    *names
	warnings  *names
	millis    atomic.Int64
	begun     map[string]*waiting
	snapshots map[string][]byte
	// accepted is what was accepted last, by the name of the token or of the validation.
	accepted map[string]*jotgate.Verified
}

// waiting is a validation that was begun.
type waiting struct {
	// waited counts how often it had to wait.
	waited atomic.Int32
	waits  chan struct{} // closed when it has to wait
	ended  chan struct{} // closed when it has come to its end

	verified *jotgate.Verified
	err      error
}

func (w *waiting) hasEnded() bool {
	select {
	case <-w.ended:
		return true
	default:
		return false
	}
}

func newStage(s scenario, timers *timers) *stage {
	stage := &stage{
		scenario: s, issuer: newIssuer(timers), begun: make(map[string]*waiting), snapshots: make(map[string][]byte),
		accepted: make(map[string]*jotgate.Verified),
	}
	stage.millis.Store(s.Start * 1000)
	timers.goBy(stage.now)
	return stage
}

func (s *stage) now() time.Time { return time.UnixMilli(s.millis.Load()) }

// open makes a validator that knows nothing yet.
func (s *stage) open() (err error) {
	s.events, s.warnings = new(names), new(names)
	options := []jotgate.Option{
		jotgate.WithClock(s.now), jotgate.WithFetcher(s.issuer), jotgate.WithOnEvent(s.events.addEvent),
		jotgate.WithLogger(slog.New(warningHandler{slog.DiscardHandler, s.warnings})),
	}
	if s.shares() {
		options = append(options, jotgate.WithStore(s.issuer))
	}
	s.validator, err = jotgate.NewFromDocument(s.Policy, options...)
	return err
}

// close ends the validator, and with it its work.
func (s *stage) close() error {
	s.validator.Close()
	s.drop(nil)
	return s.settle()
}

func (s *stage) restart() error {
	if err := s.close(); err != nil {
		return err
	}
	return s.open()
}

// begin returns when the validation has ended or has to wait.
func (s *stage) begin(token string) *waiting {
	begun := &waiting{waits: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(begun.ended)
		isFirst := sync.OnceFunc(func() { close(begun.waits) })
		ctx := &watched{Context: context.Background(), waits: func() {
			begun.waited.Add(1)
			isFirst()
		}}
		begun.verified, begun.err = s.validator.Validate(ctx, token)
	}()
	select {
	case <-begun.waits:
	case <-begun.ended:
	}
	return begun
}

// end gives the verdict, which must come without a release, or when the validation has lost its patience; and lets the work
// that is due beside it run.
func (s *stage) end(name string, begun *waiting) (observed, error) {
	s.fire(false)
	select {
	case <-begun.ended:
	case <-time.After(patience):
		return observed{}, errors.New("the validation waits for work that nobody releases")
	}
	asked := int(begun.waited.Load()) + 1
	shown := observed{Asked: &asked}
	var rejected *jotgate.RejectedError
	var unavailable *jotgate.KeysUnavailableError
	switch {
	case begun.err == nil:
		shown.Verdict, s.accepted[name] = "accepted", begun.verified
	case errors.As(begun.err, &rejected):
		shown.Verdict, shown.Code = "rejected", string(rejected.Code)
	case errors.As(begun.err, &unavailable):
		wait := float64(unavailable.RetryAt.UnixMilli()-s.millis.Load()) / 1000
		shown.Verdict, shown.Code, shown.RetryAfter = "unavailable", string(jotgate.ErrKeysUnavailable), &wait
	default:
		return observed{}, begun.err
	}
	return shown, s.settle()
}

// settle waits until all work that is out stands at the issuer or the store.
func (s *stage) settle() error {
	return eventually("the work never came to rest", func() (bool, error) { return s.rests(), nil })
}

func eventually(otherwise string, condition func() (bool, error)) error {
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Microsecond) {
		if so, err := condition(); so || err != nil {
			return err
		}
		if time.Now().After(deadline) {
			return errors.New(otherwise)
		}
	}
}

// replaced has another policy come in the place of the one before.
func (s *stage) replaced(document []byte) (observed, error) {
	err := s.validator.ReplaceFromDocument(document)
	var wrong *jotgate.PolicyError
	if errors.As(err, &wrong) {
		return observed{Replaced: new(bool), Code: "policy_error", Path: wrong.Path}, nil
	}
	done := true
	return observed{Replaced: &done}, err
}

// required is what comes of asking something of a token.
func (s *stage) required(verified *jotgate.Verified, document []byte) (observed, error) {
	requirement, err := jotgate.NewRequirementFromDocument(document)
	if err != nil {
		return observed{}, err
	}
	err = s.validator.Require(verified, requirement)
	if err == nil {
		return observed{Verdict: "accepted"}, nil
	}
	var rejected *jotgate.RejectedError
	if !errors.As(err, &rejected) {
		return observed{}, err
	}
	return observed{
		Verdict:   "rejected",
		Code:      string(rejected.Code),
		Claim:     rejected.Claim,
		Challenge: s.validator.AnswerWith(err, requirement).Header.Get("WWW-Authenticate"),
	}, nil
}

func (s *stage) imported(from snapshot) (any, error) {
	text := []byte(from.Text)
	if from.Kept != nil {
		kept, known := s.snapshots[*from.Kept]
		if !known {
			return nil, fmt.Errorf("no snapshot was kept as %s", *from.Kept)
		}
		text = kept
	}
	count, err := s.validator.ImportKeys(text)
	if errors.Is(err, jotgate.ErrSnapshot) {
		return "refused", nil
	}
	return count, err
}

// health gives the members of a source, as the package writes them; a text that says nothing is null for the judge.
func (s *stage) health(source int) (map[string]any, error) {
	health, err := s.validator.Health()
	if err != nil {
		return nil, err
	}
	document, err := json.Marshal(health.Sources[source])
	if err != nil {
		return nil, err
	}
	var members map[string]any
	if err := json.Unmarshal(document, &members); err != nil {
		return nil, err
	}
	for name, value := range members {
		if value == "" {
			members[name] = nil
		}
	}
	return members, nil
}

// names keeps what was told, until it is taken.
type names struct {
	mutex sync.Mutex
	told  []string
}

func (n *names) add(name string) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.told = append(n.told, name)
}

// addEvent takes what happened to the key sets.
func (n *names) addEvent(event jotgate.Event) {
	if event.Kind != jotgate.EventRejected {
		n.add(string(event.Kind))
	}
}

// take gives the names since it was last called.
func (n *names) take() []string {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	told := append([]string{}, n.told...)
	n.told = nil
	return told
}

// warningHandler keeps what a logger is told of issuers that cease to give keys; the rest is about stores.
type warningHandler struct {
	slog.Handler
	warnings *names
}

func (warningHandler) Enabled(context.Context, slog.Level) bool { return true }

func (h warningHandler) Handle(_ context.Context, record slog.Record) error {
	if strings.Contains(record.Message, "no keys from ") {
		h.warnings.add(record.Message)
	}
	return nil
}

// watched is a context that tells when somebody begins to wait for its end.
type watched struct {
	context.Context
	waits func()
}

func (w *watched) Done() <-chan struct{} {
	w.waits()
	return w.Context.Done()
}

// patience bounds a run that has gone wrong already.
const patience = 30 * time.Second
