package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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
	Import    *snapshot       `json:"import"`
	Health    *struct {
		Source int `json:"source"`
	} `json:"health"`
	Events json.RawMessage `json:"events"`
	Store  json.RawMessage `json:"store"`
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
	RetryAfter *float64       `json:"retry_after,omitempty"`
	Fetches    int            `json:"fetches"`
	Saves      int            `json:"saves"`
	Requested  map[string]any `json:"requested,omitempty"`
	Imported   any            `json:"imported,omitempty"`
	Health     map[string]any `json:"health,omitempty"`
	Events     *[]string      `json:"events,omitempty"`
}

func (s scenario) play() (played, error) {
	stage := newStage(s)
	if err := stage.open(); err != nil {
		return played{}, fmt.Errorf("%s: %w", s.ID, err)
	}
	defer func() { stage.validator.Close() }()
	told := played{ID: s.ID}
	for number, step := range s.Steps {
		if step.At != nil {
			stage.millis.Store(s.Start*1000 + int64(*step.At*1000))
		}
		shown, err := stage.act(step)
		if err != nil {
			return played{}, fmt.Errorf("%s: step %d: %w", s.ID, number, err)
		}
		shown.Fetches, shown.Saves = stage.counted()
		told.Steps = append(told.Steps, shown)
	}
	return told, nil
}

// shares tells whether it is played with a store: where a step says what that has.
func (s scenario) shares() bool {
	return slices.ContainsFunc(s.Steps, func(step step) bool { return step.Store != nil })
}

func (s *stage) act(step step) (observed, error) {
	switch {
	case step.Serve != nil:
		s.serve(step.Serve)
	case step.Validate != "":
		s.lift()
		defer s.lower()
		return s.end(s.begin(s.Tokens[step.Validate]))
	case step.Begin != nil:
		s.lift()
		defer s.lower()
		s.begun[step.Begin.Name] = s.begin(s.Tokens[step.Begin.Token])
		return observed{}, s.settle()
	case step.End != "":
		s.lift()
		defer s.lower()
		return s.end(s.begun[step.End])
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
	default:
		return observed{}, errors.New("the step is none that is known")
	}
}
