//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

import (
	"encoding/json"
	"time"
)

// Strings is a list of values, or the waiver that takes any value. Make one with OneOf or Any; the zero Strings is not
// set.
type Strings struct {
	values []string
	any    bool
}

// OneOf takes any of these values. The word "any" is a value like every other here.
func OneOf(values ...string) Strings { return Strings{values: append([]string{}, values...)} }

// Any is the waiver: every value is taken, and none is needed.
func Any() Strings { return Strings{any: true} }

// MarshalJSON writes the list, or the waiver.
func (s Strings) MarshalJSON() ([]byte, error) {
	if s.any {
		return []byte(`"any"`), nil
	}
	return json.Marshal(s.values)
}

// IsZero reports whether s is not set.
func (s Strings) IsZero() bool { return s.values == nil && !s.any }

// OptionalDuration is a length of time that may be left to the core: the zero OptionalDuration is not set, which
// differs from Duration(0).
type OptionalDuration struct {
	length time.Duration
	set    bool
}

// Duration sets a length of time, as in Leeway: jotgate.Duration(30 * time.Second).
func Duration(length time.Duration) OptionalDuration {
	return OptionalDuration{length: length, set: true}
}

// MarshalJSON writes the length in seconds.
func (d OptionalDuration) MarshalJSON() ([]byte, error) { return json.Marshal(d.length.Seconds()) }

// Secret is an HMAC secret of at least 32 bytes, in exactly one spelling. It never shows itself in print.
type Secret struct {
	Text      string `json:"text,omitzero"`
	Base64URL string `json:"base64url,omitzero"`
	Hex       string `json:"hex,omitzero"`
}

// String hides the secret.
func (Secret) String() string { return "Secret" }

// GoString hides the secret.
func (Secret) GoString() string { return "jotgate.Secret{}" }
