package wycheproof

import (
	"crypto"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
)

func TestJSONWebSignatures(t *testing.T) {
	found := make(deviations)
	for _, group := range read(t, jwsFile).TestGroups {
		for _, vector := range group.Tests {
			key := group.keys()[0]
			token := carriedJWS(t, key, vector.JWS)
			found.note(vector, judged(t, token, key))
		}
	}
	found.check(t, jwsFile)
}

// TestJSONWebKeys is about keys: that which the header names is judged as it is before a token is made for one like it.
func TestJSONWebKeys(t *testing.T) {
	found := make(deviations)
	for _, group := range read(t, jwkFile).TestGroups {
		for _, vector := range group.Tests {
			keys, got := group.keys(), verdict{unusableKey}
			header, _, _ := strings.Cut(vector.JWS, ".")
			at := slices.IndexFunc(keys, func(key jwk) bool { return key["kid"] == headerOf(header).Kid })
			if isUsable(t, keys[at]) {
				got = judged(t, carriedJWS(t, keys[at], vector.JWS), keys...)
			}
			found.note(vector, got)
		}
	}
	found.check(t, jwkFile)
}

// keys are those that a token of the group is judged by: a copy.
func (g group) keys() []jwk {
	one := g.Public
	if one == nil {
		one = g.Private
	}
	set, isSet := one["keys"].([]any)
	if !isSet {
		return []jwk{maps.Clone(one)}
	}
	var keys []jwk
	for _, key := range set {
		keys = append(keys, maps.Clone(key.(map[string]any)))
	}
	return keys
}

// carriedJWS is the vector with claims as its payload, and changes the key where another one goes with it. What has no
// three parts stays as it is.
func carriedJWS(t *testing.T, key jwk, text string) string {
	t.Helper()
	parts := strings.Split(text, ".")
	if len(parts) < 3 {
		return text
	}
	message := parts[0] + "." + carriedPayload(parts[1])
	before, middle, after := trimmed(parts[2])
	signature, err := base64.RawURLEncoding.DecodeString(middle)
	if err == nil {
		from := signed{[]byte(parts[0] + "." + parts[1]), signature}
		middle = base64url(carriedBy(t, key, headerOf(parts[0]).Alg, from, []byte(message)))
	}
	return strings.Join(append([]string{message, before + middle + after}, parts[3:]...), ".")
}

// carriedPayload is claims, with the oddities of the payload that was there: characters around it, and bits that mean nothing.
func carriedPayload(text string) string {
	before, middle, after := trimmed(text)
	ours := base64url([]byte(claims))
	if _, err := base64.RawURLEncoding.Strict().DecodeString(middle); err != nil {
		last := strings.IndexByte(alphabet, ours[len(ours)-1])
		ours = ours[:len(ours)-1] + alphabet[last+1:last+2]
	}
	return before + ours + after
}

// trimmed parts what is no base64url from both ends.
func trimmed(text string) (before, middle, after string) {
	rest := strings.TrimLeft(text, oddities)
	middle = strings.TrimRight(rest, oddities)
	return text[:len(text)-len(rest)], middle, rest[len(middle):]
}

// header is what a token says of itself, as far as it can be read.
type header struct{ Alg, Kid string }

func headerOf(text string) (read header) {
	_, middle, _ := trimmed(text)
	if octets, err := base64.RawURLEncoding.DecodeString(middle); err == nil {
		_ = json.Unmarshal(octets, &read)
	}
	return read
}

// carriedBy gives the token's signature, and changes the key where another one goes with it.
func carriedBy(t *testing.T, key jwk, alg string, from signed, message []byte) []byte {
	t.Helper()
	hash := map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512}[alg[min(2, len(alg)):]]
	kind, _ := key["kty"].(string)
	switch {
	case hash == 0:
		return from.signature
	case alg[:2] == "HS" && kind == "oct":
		return carriedMAC(hash, octetsIn(t, key, "k"), from, message)
	case kind == "RSA" && alg[:2] != "HS":
		modulus := numberIn(t, key, "n")
		ours := rsaKeyOf(t, modulus.BitLen())
		carried := carriedRSA(ours, modulus, numberIn(t, key, "e"), hash, from, message)
		maps.Copy(key, ours.jwk())
		return carried
	case kind == "EC" && alg[:2] == "ES":
		curve := curves[key["crv"].(string)]
		x, y, found := carriedPoint(curve, hash, numberIn(t, key, "x"), numberIn(t, key, "y"), from, message)
		if found {
			maps.Copy(key, pointJWK(curve, x, y))
		}
	}
	return from.signature
}

func octetsIn(t *testing.T, key jwk, name string) []byte {
	t.Helper()
	octets, err := base64.RawURLEncoding.DecodeString(key[name].(string))
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

func numberIn(t *testing.T, key jwk, name string) *big.Int {
	t.Helper()
	return new(big.Int).SetBytes(octetsIn(t, key, name))
}

func pointJWK(curve elliptic.Curve, x, y *big.Int) jwk {
	length := (curve.Params().BitSize + 7) / 8
	coordinate := func(number *big.Int) string { return base64url(number.FillBytes(make([]byte, length))) }
	return jwk{"kty": "EC", "crv": curve.Params().Name, "x": coordinate(x), "y": coordinate(y)}
}

var curves = map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}

const (
	jwsFile  = "json_web_signature_test.json"
	jwkFile  = "json_web_key_test.json"
	alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	oddities = " ?#=\t\r\n"
)
