package main

import (
	"context"
	"encoding/json"
	"errors"
)

// store is the part of a scenario's world that the application shares with other processes. The issuer's mutex guards it.
type store struct {
	// text is what lies there; empty for nothing.
	text string
	// does says how its functions behave: fail, hold, or as they should.
	does struct{ Load, Save string }
	// loads and saves count the calls, and landed has the key ids of each text that came to lie there.
	loads, saves int
	landed       [][]string
}

var errBroken = errors.New("the store is broken")

// Load gives what the store has.
func (i *issuer) Load(ctx context.Context) (string, error) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if err := i.pass(ctx); err != nil {
		return "", err
	}
	i.loads++
	text, err := i.text, error(nil)
	switch i.does.Load {
	case "fail":
		return "", errBroken
	case "hold":
		err = i.hold(ctx, "load", func() { text = i.text })
	}
	return text, err
}

// Save puts a text into the store.
func (i *issuer) Save(ctx context.Context, text string) error {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.saves++
	switch i.does.Save {
	case "fail":
		return errBroken
	case "hold":
		return i.hold(ctx, "save", func() { i.land(text) })
	}
	i.land(text)
	return nil
}

// land has the text lie there. The mutex is held.
func (i *issuer) land(text string) {
	i.text = text
	i.landed = append(i.landed, keyIDs(text))
}

// keep says what the store has from now on.
func (i *issuer) keep(text string) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	i.text = text
}

// behave says how the store's functions behave from now on; what is not named stays as it is.
func (i *issuer) behave(does json.RawMessage) error {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	return json.Unmarshal(does, &i.does)
}

// countedCalls tells how often the store's functions were called.
func (i *issuer) countedCalls() (loads, saves int) {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	return i.loads, i.saves
}

// saved gives the key ids of the texts that came to lie there since it was last called.
func (i *issuer) saved() [][]string {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	landed := append([][]string{}, i.landed...)
	i.landed = nil
	return landed
}

// keyIDs reads those of a snapshot.
func keyIDs(snapshot string) []string {
	var written struct {
		Sources []struct{ Document string }
	}
	ids := []string{}
	if json.Unmarshal([]byte(snapshot), &written) != nil {
		return ids
	}
	for _, source := range written.Sources {
		var set struct{ Keys []struct{ KID string } }
		if json.Unmarshal([]byte(source.Document), &set) == nil {
			for _, key := range set.Keys {
				ids = append(ids, key.KID)
			}
		}
	}
	return ids
}
