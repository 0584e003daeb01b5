package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// scenario is the life of fetched keys, step by step.
type scenario struct {
	ID     string            `json:"id"`
	Policy json.RawMessage   `json:"policy"`
	Tokens map[string]string `json:"tokens"`
	Start  int64             `json:"start"`
	Steps  []step            `json:"steps"`
}

// step is one of these; what it expects is for the judge to read.
type step struct {
	At       *float64                   `json:"at"`
	Serve    map[string]json.RawMessage `json:"serve"`
	Validate string                     `json:"validate"`
	Begin    *struct {
		Name  string `json:"name"`
		Token string `json:"token"`
	} `json:"begin"`
	End       string          `json:"end"`
	Release   string          `json:"release"`
	Requested json.RawMessage `json:"requested"`
}

type played struct {
	ID    string     `json:"id"`
	Steps []observed `json:"steps"`
}

// observed is what a step showed.
type observed struct {
	Verdict    string         `json:"verdict,omitempty"`
	Code       string         `json:"code,omitempty"`
	RetryAfter *float64       `json:"retry_after,omitempty"`
	Fetches    int            `json:"fetches"`
	Requested  map[string]any `json:"requested,omitempty"`
}

// stage is a validator on a clock that stands where the steps set it.
type stage struct {
	scenario
	*issuer
	validator *jotgate.Validator
	millis    atomic.Int64
	begun     map[string]*waiting
}

// waiting is a validation that was begun.
type waiting struct {
	waits chan struct{} // closed when it has to wait
	ended chan struct{} // closed when it has come to its end
	err   error
}

func (s scenario) play() (played, error) {
	stage := &stage{scenario: s, issuer: newIssuer(), begun: make(map[string]*waiting)}
	stage.millis.Store(s.Start * 1000)
	var err error
	stage.validator, err = jotgate.NewFromDocument(s.Policy,
		jotgate.WithClock(func() time.Time { return time.UnixMilli(stage.millis.Load()) }),
		jotgate.WithFetcher(stage.issuer))
	if err != nil {
		return played{}, fmt.Errorf("%s: %w", s.ID, err)
	}
	defer stage.validator.Close()
	told := played{ID: s.ID}
	for number, step := range s.Steps {
		if step.At != nil {
			stage.millis.Store(s.Start*1000 + int64(*step.At*1000))
		}
		shown, err := stage.act(step)
		if err != nil {
			return played{}, fmt.Errorf("%s: step %d: %w", s.ID, number, err)
		}
		shown.Fetches = stage.passed()
		told.Steps = append(told.Steps, shown)
	}
	return told, nil
}

func (s *stage) act(step step) (observed, error) {
	switch {
	case step.Serve != nil:
		s.serve(step.Serve)
	case step.Validate != "":
		s.open()
		defer s.shut()
		return s.end(s.begin(s.Tokens[step.Validate]))
	case step.Begin != nil:
		s.open()
		defer s.shut()
		s.begun[step.Begin.Name] = s.begin(s.Tokens[step.Begin.Token])
		return observed{}, s.settle()
	case step.End != "":
		s.open()
		defer s.shut()
		return s.end(s.begun[step.End])
	case step.Release != "":
		s.release(step.Release)
		return observed{}, s.settle()
	case step.Requested != nil:
		return observed{Requested: s.requested()}, nil
	default:
		return observed{}, errors.New("the step is none that is known")
	}
	return observed{}, nil
}

// begin returns when the validation has ended or has to wait.
func (s *stage) begin(token string) *waiting {
	begun := &waiting{waits: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(begun.ended)
		ctx := &watched{Context: context.Background(), waits: sync.OnceFunc(func() { close(begun.waits) })}
		_, begun.err = s.validator.Validate(ctx, token)
	}()
	select {
	case <-begun.waits:
	case <-begun.ended:
	}
	return begun
}

// end gives the verdict, which must come without a release, and lets the fetches that are due beside it run.
func (s *stage) end(begun *waiting) (observed, error) {
	select {
	case <-begun.ended:
	case <-time.After(patience):
		return observed{}, errors.New("the validation waits for a fetch that nobody releases")
	}
	var shown observed
	var rejected *jotgate.RejectedError
	var unavailable *jotgate.KeysUnavailableError
	switch {
	case begun.err == nil:
		shown.Verdict = "accepted"
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

// settle waits until every fetch that is out stands at the issuer, and no answer is on its way.
func (s *stage) settle() error {
	for deadline := time.Now().Add(patience); ; time.Sleep(100 * time.Microsecond) {
		health, err := s.validator.Health()
		if err != nil {
			return err
		}
		started, out := uint64(0), 0
		for _, source := range health.Sources {
			started += source.Fetches
			if source.InFlight {
				out++
			}
		}
		asked, standing := s.standing()
		if started == asked && out <= standing {
			return nil
		}
		if time.Now().After(deadline) {
			return errors.New("the fetches never came to rest")
		}
	}
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
