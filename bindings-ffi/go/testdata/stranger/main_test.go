package main

import (
	"context"
	"errors"
	"testing"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/jotgate/jotgate/bindings-ffi/go/jotgatetest"
)

func TestTheKitIsThere(t *testing.T) {
	issuer := jotgatetest.New(t, jotgate.Policy{}, jotgatetest.WithAlgorithm("ES256"))
	validator := issuer.Validator()
	verified, err := validator.Validate(context.Background(), issuer.Token(jotgatetest.Subject("alice")))
	if err != nil || verified.Subject() != "alice" {
		t.Error(err)
	}
	if _, err := validator.Validate(context.Background(), issuer.Bad(jotgate.ErrExpired).Token); !errors.Is(err, jotgate.ErrExpired) {
		t.Error(err)
	}
}
