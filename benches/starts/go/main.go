// start CONTENDER CONFIG: from nothing to the first verdict, and 10,000 further ones if it is told to.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/jotgate/jotgate/bindings-ffi/go"
)

type config struct {
	Token   string          `json:"token"`
	Subject string          `json:"subject"`
	Policy  json.RawMessage `json:"policy"`
}

func main() {
	if err := run(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func run(contender, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var given config
	if err := json.Unmarshal(text, &given); err != nil {
		return err
	}
	subject := func() (string, error) { return given.Subject, nil }
	if contender == "jotgate" {
		if subject, err = given.jotgate(); err != nil {
			return err
		}
	}
	lines := bufio.NewReader(os.Stdin)
	for _, further := range []int{0, 10_000} {
		for range further {
			if _, err := subject(); err != nil {
				return err
			}
		}
		more, err := ready(lines, subject, given.Subject)
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// Says that it is there, once it has read the claims of a token; whether anybody wants more.
func ready(lines *bufio.Reader, subject func() (string, error), expected string) (bool, error) {
	found, err := subject()
	if err != nil {
		return false, err
	}
	if found != expected {
		return false, errors.New("another verdict")
	}
	fmt.Println("ready")
	_, err = lines.ReadString('\n')
	return err == nil, nil
}

func (c config) jotgate() (func() (string, error), error) {
	validator, err := jotgate.NewFromDocument(c.Policy)
	if err != nil {
		return nil, err
	}
	return func() (string, error) {
		verified, err := validator.Validate(context.Background(), c.Token)
		if err != nil {
			return "", err
		}
		var claims struct {
			Subject string `json:"sub"`
		}
		err = verified.Decode(&claims)
		return claims.Subject, err
	}, nil
}
