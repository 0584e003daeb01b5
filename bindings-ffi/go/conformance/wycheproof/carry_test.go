package wycheproof

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/subtle"
	"math/big"
	"slices"
)

// signed is a signature of a message, as a vector has it: perhaps a bad one.
type signed struct {
	message, signature []byte
}

// carriedMAC does to the MAC of the message what was done to the vector's: bits that differ, octets that are missing or too many.
func carriedMAC(hash crypto.Hash, secret []byte, from signed, message []byte) []byte {
	right := mac(hash, secret, from.message)
	carried := mac(hash, secret, message)
	common := min(len(from.signature), len(right))
	subtle.XORBytes(carried, carried, right)
	subtle.XORBytes(carried, carried[:common], from.signature[:common])
	return append(carried[:common], from.signature[common:]...)
}

func mac(hash crypto.Hash, secret, message []byte) []byte {
	mac := hmac.New(hash.New, secret)
	mac.Write(message)
	return mac.Sum(nil)
}

// carriedPoint is the public key under which the vector's signature, octet for octet, is one of the message, if it is one of
// its own message under its own key; numbers beyond the order are taken modulo it. For any other signature there is no such
// key.
//
// A signature is (r, s) with R = (h G + r Q) / s, where r is the x of R (FIPS 186-5 section 6.4.2). With the same R and another
// h, Q is (s R - h G) / r.
func carriedPoint(curve elliptic.Curve, hash crypto.Hash, x, y *big.Int, from signed, message []byte) (*big.Int, *big.Int, bool) {
	order, half := curve.Params().N, len(from.signature)/2
	r := new(big.Int).SetBytes(from.signature[:half])
	s := new(big.Int).SetBytes(from.signature[half:])
	r.Mod(r, order)
	s.Mod(s, order)
	if r.Sign() == 0 || s.Sign() == 0 {
		return nil, nil, false
	}
	atX, atY := combined(curve, quotient(digest(hash, from.message), s, order), quotient(r, s, order), x, y)
	if new(big.Int).Mod(atX, order).Cmp(r) != 0 {
		return nil, nil, false
	}
	h := digest(hash, message)
	toX, toY := combined(curve, quotient(h.Neg(h), r, order), quotient(s, r, order), atX, atY)
	return toX, toY, true
}

// combined is a G + b P.
func combined(curve elliptic.Curve, a, b, x, y *big.Int) (*big.Int, *big.Int) {
	//lint:ignore SA1019 nothing else has the arithmetic
	aX, aY := curve.ScalarBaseMult(a.Bytes())
	//lint:ignore SA1019 likewise
	bX, bY := curve.ScalarMult(x, y, b.Bytes())
	//lint:ignore SA1019 likewise
	return curve.Add(aX, aY, bX, bY)
}

func quotient(a, b, modulus *big.Int) *big.Int {
	inverse := new(big.Int).ModInverse(b, modulus)
	return inverse.Mod(inverse.Mul(inverse, a), modulus)
}

// digest is the hash of a message as a number. No hash is longer than the order of its curve (RFC 7518 section 3.4).
func digest(hash crypto.Hash, message []byte) *big.Int {
	return new(big.Int).SetBytes(hashed(hash, message))
}

func hashed(hash crypto.Hash, message []byte) []byte {
	state := hash.New()
	state.Write(message)
	return state.Sum(nil)
}

// carriedEdwards does to a signature of ours what was done to the vector's: octets that are missing or too many, or a multiple
// of the order beside S (RFC 8032 section 5.1.7). Any other bad signature stays what it is. The hash of R, key and message is
// part of a signature, so that nothing else of it can be one of another message.
func carriedEdwards(key ed25519.PrivateKey, public ed25519.PublicKey, from signed, message []byte) []byte {
	ours := ed25519.Sign(key, message)
	common := min(len(from.signature), len(ours))
	if common < len(ours) || len(from.signature) > common {
		return append(ours[:common], from.signature[common:]...)
	}
	order, _ := new(big.Int).SetString("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed", 16)
	times, s := new(big.Int).DivMod(littleEndian(from.signature[32:]), order, new(big.Int))
	reduced := append(slices.Clone(from.signature[:32]), inLittleEndian(s)...)
	if !ed25519.Verify(public, from.message, reduced) {
		return from.signature
	}
	s = littleEndian(ours[32:])
	return append(ours[:32], inLittleEndian(s.Add(s, times.Mul(times, order)))...)
}

func littleEndian(octets []byte) *big.Int {
	turned := slices.Clone(octets)
	slices.Reverse(turned)
	return new(big.Int).SetBytes(turned)
}

func inLittleEndian(number *big.Int) []byte {
	octets := number.FillBytes(make([]byte, 32))
	slices.Reverse(octets)
	return octets
}

// replaced puts the hash of one message in the place of that of another, of whichever hash is there.
func replaced(encoded []byte, from, to []byte) ([]byte, bool) {
	for _, hash := range hashes {
		if old := hashed(hash, from); bytes.Contains(encoded, old) {
			return bytes.Replace(encoded, old, hashed(hash, to), 1), true
		}
	}
	return encoded, false
}

var hashes = []crypto.Hash{
	crypto.SHA256, crypto.SHA384, crypto.SHA512, crypto.SHA1, crypto.SHA224, crypto.SHA512_224, crypto.SHA512_256,
}
