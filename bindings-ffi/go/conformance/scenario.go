package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

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
	Refresh   bool            `json:"refresh"`
	Export    string          `json:"export"`
	Restart   bool            `json:"restart"`
	Replace   json.RawMessage `json:"replace"`
	Require   *struct {
		Of   string          `json:"of"`
		Asks json.RawMessage `json:"asks"`
	} `json:"require"`
	Import *snapshot `json:"import"`
	Health *struct {
		Source int `json:"source"`
	} `json:"health"`
	Events   json.RawMessage `json:"events"`
	Warnings json.RawMessage `json:"warnings"`
	Store    json.RawMessage `json:"store"`

	StoreDoes    json.RawMessage `json:"store_does"`
	StoreRelease string          `json:"store_release"`
	Overrun      bool            `json:"overrun"`
	Waiting      string          `json:"waiting"`
	Saved        json.RawMessage `json:"saved"`
	Poll         json.RawMessage `json:"poll"`
	RefreshKeys  bool            `json:"refresh_keys"`
}

// snapshot is one that was kept under a name, or a text.
type snapshot struct {
	Kept *string `json:"kept"`
	Text string  `json:"text"`
}

type played struct {
	ID    string     `json:"id"`
	Steps []observed `json:"steps"`
}

// observed is what a step showed.
type observed struct {
	Verdict    string         `json:"verdict,omitempty"`
	Code       string         `json:"code,omitempty"`
	Claim      string         `json:"claim,omitempty"`
	Challenge  string         `json:"challenge,omitempty"`
	RetryAfter *float64       `json:"retry_after,omitempty"`
	Fetches    int            `json:"fetches"`
	Loads      int            `json:"loads"`
	Saves      int            `json:"saves"`
	Asked      *int           `json:"asked,omitempty"`
	Waiting    *bool          `json:"waiting,omitempty"`
	Saved      *[][]string    `json:"saved,omitempty"`
	Polled     *int           `json:"polled,omitempty"`
	Requested  map[string]any `json:"requested,omitempty"`
	Imported   any            `json:"imported,omitempty"`
	Replaced   *bool          `json:"replaced,omitempty"`
	Path       string         `json:"path,omitempty"`
	Health     map[string]any `json:"health,omitempty"`
	Events     *[]string      `json:"events,omitempty"`
	Warnings   *[]string      `json:"warnings,omitempty"`
}

func (s scenario) play(timers *timers) (played, error) {
	stage := newStage(s, timers)
	if err := stage.open(); err != nil {
		return played{}, fmt.Errorf("%s: %w", s.ID, err)
	}
	told := played{ID: s.ID}
	for number, step := range s.Steps {
		if step.At != nil {
			stage.millis.Store(s.Start*1000 + int64(*step.At*1000))
		}
		shown, err := stage.act(step)
		if err != nil {
			return played{}, fmt.Errorf("%s: step %d: %w", s.ID, number, err)
		}
		shown.Fetches = stage.counted()
		shown.Loads, shown.Saves = stage.countedCalls()
		told.Steps = append(told.Steps, shown)
	}
	return told, stage.close()
}

// shares tells whether it is played with a store: where a step says what that has or does.
func (s scenario) shares() bool {
	return slices.ContainsFunc(s.Steps, func(step step) bool { return step.Store != nil || step.StoreDoes != nil })
}

func (s *stage) act(step step) (observed, error) {
	switch {
	case step.Serve != nil:
		s.serve(step.Serve)
	case step.Validate != "":
		s.lift()
		defer s.lower()
		return s.end(step.Validate, s.begin(s.Tokens[step.Validate]))
	case step.Begin != nil:
		s.lift()
		defer s.lower()
		s.begun[step.Begin.Name] = s.begin(s.Tokens[step.Begin.Token])
		return observed{}, s.settle()
	case step.End != "":
		s.lift()
		defer s.lower()
		return s.end(step.End, s.begun[step.End])
	case step.Release != "":
		s.release(step.Release)
		return observed{}, s.settle()
	case step.Requested != nil:
		return observed{Requested: s.requested()}, nil
	default:
		return s.actOnKeys(step)
	}
	return observed{}, nil
}

// actOnKeys takes the steps that a validator has functions of its own for.
func (s *stage) actOnKeys(step step) (observed, error) {
	switch {
	case step.Refresh:
		s.lift()
		defer s.lower()
		if err := s.validator.RefreshKeys(); err != nil {
			return observed{}, err
		}
		return observed{}, s.settle()
	case step.Export != "":
		text, err := s.validator.ExportKeys()
		s.snapshots[step.Export] = text
		return observed{}, err
	case step.Restart:
		return observed{}, s.restart()
	case step.Replace != nil:
		return s.replaced(step.Replace)
	case step.Require != nil:
		return s.required(s.accepted[step.Require.Of], step.Require.Asks)
	case step.Import != nil:
		imported, err := s.imported(*step.Import)
		return observed{Imported: imported}, err
	case step.Health != nil:
		health, err := s.health(step.Health.Source)
		return observed{Health: health}, err
	case step.Store != nil:
		var text string // stays empty for a null
		err := json.Unmarshal(step.Store, &text)
		s.keep(text)
		return observed{}, err
	case step.Events != nil:
		names := s.events.take()
		return observed{Events: &names}, nil
	case step.Warnings != nil:
		texts := s.warnings.take()
		return observed{Warnings: &texts}, nil
	default:
		return s.actOnDriver(step)
	}
}

// actOnDriver takes the steps that look at the driver from both sides.
func (s *stage) actOnDriver(step step) (observed, error) {
	var shown observed
	before := s.counted()
	s.lift()
	defer s.lower()
	switch {
	case step.Waiting != "":
		begun := s.begun[step.Waiting]
		waiting, asked := !begun.hasEnded(), int(begun.waited.Load())
		return observed{Waiting: &waiting, Asked: &asked}, nil
	case step.Saved != nil:
		saved := s.saved()
		return observed{Saved: &saved}, nil
	case step.StoreDoes != nil:
		return shown, s.behave(step.StoreDoes)
	case step.StoreRelease != "":
		s.release(step.StoreRelease)
	case step.Overrun:
		s.fire(true)
	case step.RefreshKeys:
		if err := s.validator.RefreshKeys(); err != nil {
			return shown, err
		}
	case step.Poll != nil:
		// Whatever is due is started after every verdict.
		if _, err := s.validator.Validate(context.Background(), ""); !errors.Is(err, jotgate.ErrMalformedToken) {
			return shown, err
		}
	default:
		return shown, errors.New("the step is none that is known")
	}
	err := s.settle()
	if polled := s.counted() - before; step.Poll != nil {
		shown.Polled = &polled
	}
	return shown, err
}
