package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// documentCase is a policy file, with the files beside it. Its variables are set by whoever started this.
type documentCase struct {
	ID     string            `json:"id"`
	Format string            `json:"format"`
	Text   string            `json:"text"`
	Files  map[string]string `json:"files"`
	Token  string            `json:"token"`
	Now    int64             `json:"now"`
}

// loaded is its line: the verdict on the token, or what is wrong with the file.
type loaded struct {
	ID       string    `json:"id"`
	Verdict  string    `json:"verdict,omitempty"`
	Problems []problem `json:"problems,omitempty"`
}

type problem struct {
	Path   string `json:"path"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

func (c documentCase) run() (loaded, error) {
	folder, err := os.MkdirTemp("", "jotgate")
	if err != nil {
		return loaded{}, err
	}
	defer os.RemoveAll(folder)
	policy := filepath.Join(folder, "policy."+c.Format)
	files := map[string]string{policy: c.Text}
	for name, content := range c.Files {
		files[filepath.Join(folder, name)] = content
	}
	for name, content := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return loaded{}, err
		}
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			return loaded{}, err
		}
	}
	clock := func() time.Time { return time.Unix(c.Now, 0) }
	validator, err := jotgate.NewFromFile(policy, jotgate.WithClock(clock))
	var refusal *jotgate.PolicyError
	if errors.As(err, &refusal) {
		told := loaded{ID: c.ID}
		for _, found := range refusal.Problems {
			told.Problems = append(told.Problems, problem{found.Path, found.Line, found.Column})
		}
		return told, nil
	}
	if err != nil {
		return loaded{}, err
	}
	defer validator.Close()
	verified, err := validator.Validate(context.Background(), c.Token)
	return loaded{ID: c.ID, Verdict: resultOf(c.ID, verified, err).Verdict}, nil
}
