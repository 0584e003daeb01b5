package wycheproof

import (
	"crypto"
	"crypto/ed25519"
	"crypto/elliptic"
	"encoding/hex"
	"math/big"
	"path/filepath"
	"slices"
	"testing"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// kind is a schema of vectors, and how a vector of it becomes a token.
type kind struct {
	// algorithm is that of RFC 7518 or RFC 8037 which the group is about, or why there is none.
	algorithm func(file vectors, group group) (alg, none string)
	// carried gives a key and the token for it. The vector's own key is nil where it is that.
	carried func(t *testing.T, alg string, group group, vector vector) (own, key jwk, token string)
}

var kinds = map[string]kind{
	"mac_test_schema_v1.json":            {macAlgorithm, carriedMACVector},
	"ecdsa_p1363_verify_schema_v1.json":  {ecdsaAlgorithm, carriedECDSAVector},
	"eddsa_verify_schema_v1.json":        {eddsaAlgorithm, carriedEdDSAVector},
	"rsassa_pkcs1_verify_schema_v1.json": {rsaAlgorithm("RS"), carriedRSAVector},
	"rsassa_pss_verify_schema_v1.json":   {rsaAlgorithm("PS"), carriedRSAVector},
}

// TestSignaturesAndMACs takes every file of these kinds, so that none is forgotten.
func TestSignaturesAndMACs(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(folderOf(t), "*_test.json"))
	if err != nil {
		t.Fatal(err)
	}
	used, left := make(map[string]int), make(map[string]int)
	for _, path := range files {
		file := filepath.Base(path)
		kind, known := kinds[schemaOf(t, file)]
		if !known {
			continue
		}
		read := read(t, file)
		found := make(deviations)
		for _, group := range read.TestGroups {
			alg, none := kind.algorithm(read, group)
			if alg == "" {
				left[none] += len(group.Tests)
				continue
			}
			used[alg] += len(group.Tests)
			for _, vector := range group.Tests {
				found.note(vector, judgedVector(t, kind, alg, group, vector))
			}
		}
		found.check(t, file)
	}
	t.Logf("vectors for %v; and such as no token can have: %v", used, left)
	for _, alg := range algorithms {
		if used[alg] < 50 {
			t.Errorf("%d vectors for %s", used[alg], alg)
		}
	}
}

func judgedVector(t *testing.T, kind kind, alg string, group group, vector vector) verdict {
	t.Helper()
	own, key, token := kind.carried(t, alg, group, vector)
	if own != nil {
		own["alg"] = alg
		if !isUsable(t, own) {
			return verdict{unusableKey}
		}
	}
	key["alg"] = alg
	got := judged(t, token, key)
	isEmpty := len(vector.Sig)+len(vector.Tag) == 0
	if !slices.Contains([]jotgate.Code{"", unusableKey, jotgate.ErrInvalidSignature}, got.code) && !isEmpty {
		t.Errorf("%d is refused for another reason: %s", vector.TcID, got.code)
	}
	return got
}

func macAlgorithm(file vectors, _ group) (alg, none string) {
	for _, length := range []string{"256", "384", "512"} {
		if file.Algorithm == "HMACSHA"+length {
			return "HS" + length, ""
		}
	}
	return "", "a MAC that RFC 7518 section 3.1 does not name"
}

func carriedMACVector(_ *testing.T, alg string, _ group, vector vector) (own, key jwk, token string) {
	token = tokenOf(alg, func(message []byte) []byte {
		return carriedMAC(hashOf[alg[2:]], vector.Key, signed{vector.Msg, vector.Tag}, message)
	})
	return nil, jwk{"kty": "oct", "k": base64url(vector.Key)}, token
}

func ecdsaAlgorithm(_ vectors, group group) (alg, none string) {
	known := map[string]string{"secp256r1 SHA-256": "ES256", "secp384r1 SHA-384": "ES384", "secp521r1 SHA-512": "ES512"}
	if alg = known[group.PublicKey.Curve+" "+group.Sha]; alg != "" {
		return alg, ""
	}
	return "", "ECDSA with a curve or a hash that RFC 7518 section 3.4 does not name"
}

func carriedECDSAVector(t *testing.T, alg string, group group, vector vector) (own, key jwk, token string) {
	curve := map[string]elliptic.Curve{"ES256": elliptic.P256(), "ES384": elliptic.P384(), "ES512": elliptic.P521()}[alg]
	point := unhex(t, group.PublicKey.Uncompressed)[1:]
	x, y := new(big.Int).SetBytes(point[:len(point)/2]), new(big.Int).SetBytes(point[len(point)/2:])
	own = pointJWK(curve, x, y)
	key = pointJWK(curve, x, y)
	token = tokenOf(alg, func(message []byte) []byte {
		atX, atY, found := carriedPoint(curve, hashOf[alg[2:]], x, y, signed{vector.Msg, vector.Sig}, message)
		if found {
			key = pointJWK(curve, atX, atY)
		}
		return vector.Sig
	})
	return own, key, token
}

func eddsaAlgorithm(_ vectors, group group) (alg, none string) {
	if group.PublicKey.Curve == "edwards25519" {
		return "EdDSA", ""
	}
	return "", "EdDSA on a curve that jotgate does not have"
}

func carriedEdDSAVector(t *testing.T, alg string, group group, vector vector) (own, key jwk, token string) {
	public := unhex(t, group.PublicKey.PK)
	ours := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	token = tokenOf(alg, func(message []byte) []byte {
		return carriedEdwards(ours, public, signed{vector.Msg, vector.Sig}, message)
	})
	of := func(public []byte) jwk { return jwk{"kty": "OKP", "crv": "Ed25519", "x": base64url(public)} }
	return of(public), of(ours.Public().(ed25519.PublicKey)), token
}

func rsaAlgorithm(padding string) func(vectors, group) (alg, none string) {
	return func(_ vectors, group group) (alg, none string) {
		for _, length := range []string{"256", "384", "512"} {
			if group.Sha == "SHA-"+length {
				return padding + length, ""
			}
		}
		return "", "RSA with a hash that RFC 7518 sections 3.3 and 3.5 do not name"
	}
}

func carriedRSAVector(t *testing.T, alg string, group group, vector vector) (own, key jwk, token string) {
	modulus := new(big.Int).SetBytes(unhex(t, group.PublicKey.Modulus))
	exponent := new(big.Int).SetBytes(unhex(t, group.PublicKey.PublicExponent))
	ours := rsaKeyOf(t, modulus.BitLen())
	token = tokenOf(alg, func(message []byte) []byte {
		return carriedRSA(ours, modulus, exponent, hashOf[alg[2:]], signed{vector.Msg, vector.Sig}, message)
	})
	own = jwk{"kty": "RSA", "n": base64url(modulus.Bytes()), "e": base64url(exponent.Bytes())}
	return own, ours.jwk(), token
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	octets, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return octets
}

var (
	hashOf     = map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512}
	algorithms = []string{
		"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
	}
)
