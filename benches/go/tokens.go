package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
)

// tokenFile is what benches/tokens/generate.py writes: the scenarios, with tokens, keys and policies for them.
type tokenFile struct {
	Issuer      string `json:"issuer"`
	Audience    string `json:"audience"`
	Comparisons []row  `json:"comparisons"`
}

// row is one scenario for one algorithm, size and case. What is done decides which of the last fields are there.
type row struct {
	Scenario  string          `json:"scenario"`
	Does      string          `json:"does"`
	Program   string          `json:"program"`
	Languages []string        `json:"languages"`
	Cores     int             `json:"cores"`
	Algorithm string          `json:"algorithm"`
	Size      string          `json:"size"`
	Case      string          `json:"case"`
	Token     string          `json:"token"`
	Policy    json.RawMessage `json:"policy"`
	JWK       jwk             `json:"jwk"`

	Good         string          `json:"good"`
	CachedPolicy json.RawMessage `json:"cached_policy"`
	Tokens       int             `json:"tokens"`
	QuickTokens  int             `json:"quick_tokens"`
	Distinct     []string        `json:"distinct"`
	Request      struct {
		Method  string      `json:"method"`
		Path    string      `json:"path"`
		Query   string      `json:"query"`
		Headers [][2]string `json:"headers"`
	} `json:"request"`
}

// jwk is a public key or a secret (RFC 7518 section 6); all values but the names are base64url.
type jwk struct {
	Type  string `json:"kty"`
	Curve string `json:"crv"`
	N     binary `json:"n"`
	E     binary `json:"e"`
	X     binary `json:"x"`
	Y     binary `json:"y"`
	K     binary `json:"k"`
}

// binary is a byte string that JSON carries as base64url.
type binary []byte

func (b *binary) UnmarshalText(text []byte) (err error) {
	*b, err = base64.RawURLEncoding.DecodeString(string(text))
	return err
}

func (k jwk) key() (crypto.PublicKey, error) {
	number := func(bytes binary) *big.Int { return new(big.Int).SetBytes(bytes) }
	switch k.Type + k.Curve {
	case "RSA":
		return &rsa.PublicKey{N: number(k.N), E: int(number(k.E).Int64())}, nil
	case "ECP-256":
		return &ecdsa.PublicKey{Curve: elliptic.P256(), X: number(k.X), Y: number(k.Y)}, nil
	case "ECP-384":
		return &ecdsa.PublicKey{Curve: elliptic.P384(), X: number(k.X), Y: number(k.Y)}, nil
	case "OKPEd25519":
		return ed25519.PublicKey(k.X), nil
	case "oct":
		return []byte(k.K), nil
	}
	return nil, fmt.Errorf("no key of type %s %s", k.Type, k.Curve)
}

func readTokens(path string) (file tokenFile, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return file, err
	}
	return file, json.Unmarshal(text, &file)
}
