package wycheproof

import (
	"bytes"
	"crypto"
	"crypto/rand"
	_ "crypto/sha1"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"crypto/subtle"
	"encoding/binary"
	"math/big"
	"testing"
)

// rsaKey is a key of ours, with as many bits as that of a vector. Of many small primes, so that it is made soon and signs soon.
type rsaKey struct {
	modulus *big.Int
	primes  []*big.Int
}

var rsaKeys = map[int]*rsaKey{}

func rsaKeyOf(t *testing.T, bits int) *rsaKey {
	t.Helper()
	if key := rsaKeys[bits]; key != nil {
		return key
	}
	key := &rsaKey{modulus: big.NewInt(1)}
	for rest, primes := bits, max(1, bits/1024); primes > 0; primes-- {
		prime := primeOf(t, rest/primes)
		rest -= prime.BitLen()
		key.modulus.Mul(key.modulus, prime)
		key.primes = append(key.primes, prime)
	}
	if key.modulus.BitLen() != bits {
		t.Fatalf("a modulus of %d bits, not %d", key.modulus.BitLen(), bits)
	}
	rsaKeys[bits] = key
	return key
}

// primeOf is so close to the power of two that products have all their bits.
func primeOf(t *testing.T, bits int) *big.Int {
	t.Helper()
	free := new(big.Int).Lsh(big.NewInt(1), uint(bits-8))
	for {
		prime, err := rand.Int(rand.Reader, free)
		if err != nil {
			t.Fatal(err)
		}
		prime.Add(prime.SetBit(prime, 0, 1), new(big.Int).Mul(free, big.NewInt(0xff)))
		if less := minusOne(prime); less.Mod(less, publicExponent).Sign() != 0 && prime.ProbablyPrime(10) {
			return prime
		}
	}
}

// power raises to the private exponent, prime by prime, and puts the parts together (Garner's algorithm).
func (k *rsaKey) power(number *big.Int) *big.Int {
	whole, modulus := new(big.Int), big.NewInt(1)
	for _, prime := range k.primes {
		private := new(big.Int).ModInverse(publicExponent, minusOne(prime))
		part := new(big.Int).Exp(number, private, prime)
		step := quotient(part.Sub(part, whole), modulus, prime)
		whole.Add(whole, step.Mul(step, modulus))
		modulus = new(big.Int).Mul(modulus, prime)
	}
	return whole
}

func minusOne(number *big.Int) *big.Int { return new(big.Int).Sub(number, big.NewInt(1)) }

func (k *rsaKey) jwk() jwk {
	return jwk{"kty": "RSA", "n": base64url(k.modulus.Bytes()), "e": base64url(publicExponent.Bytes())}
}

// carriedRSA opens the vector's signature by its public key, puts the hash of the message in the place of that of the vector's,
// and signs what comes out with a key of ours: so all that is odd about the padding stays. What was done to the signature as a
// number is done to this one: multiples of the modulus beside it, octets that are missing or too many.
func carriedRSA(ours *rsaKey, modulus, exponent *big.Int, hash crypto.Hash, from signed, message []byte) []byte {
	length := (modulus.BitLen() + 7) / 8
	number := new(big.Int).SetBytes(from.signature)
	times, rest := new(big.Int).DivMod(number, modulus, new(big.Int))
	encoded := rest.Exp(rest, exponent, modulus).FillBytes(make([]byte, length))
	carried := ours.power(new(big.Int).SetBytes(carriedPadding(encoded, hash, from.message, message)))
	if len(from.signature) < length {
		return carried.FillBytes(make([]byte, length))[:len(from.signature)]
	}
	carried.Add(carried, times.Mul(times, ours.modulus))
	return carried.FillBytes(make([]byte, max(len(from.signature), (carried.BitLen()+7)/8)))
}

// carriedPadding is what is under a signature, with another message. PKCS #1 v1.5 has the hash as it is, PSS has hashed it once
// more.
func carriedPadding(encoded []byte, hash crypto.Hash, from, to []byte) []byte {
	if carried, found := replaced(encoded, from, to); found {
		return carried
	}
	for _, outer := range hashes {
		for _, mask := range hashes {
			if opened := openPSS(encoded, outer, mask); opened.isOf(from) {
				return opened.carried(from, to)
			}
		}
	}
	return openPSS(encoded, hash, hash).carried(from, to)
}

// pss is an encoded message of RFC 8017 section 9.1, opened.
type pss struct {
	hash, mask crypto.Hash
	encoded    []byte
	db, h      []byte
}

func openPSS(encoded []byte, hash, mask crypto.Hash) pss {
	masked, rest := encoded[:len(encoded)-hash.Size()-1], encoded[len(encoded)-hash.Size()-1:]
	h := rest[:hash.Size()]
	return pss{hash, mask, encoded, unmasked(mask, masked, h), h}
}

// isOf tells whether this is a signature of the message, with a salt of whatever length.
func (p pss) isOf(message []byte) bool {
	_, salt, found := bytes.Cut(p.db, []byte{1})
	padding := p.db[:max(0, len(p.db)-len(salt)-1)]
	return found && len(bytes.Trim(padding, "\x00")) == 0 && bytes.Equal(p.h, p.inner(message, salt))
}

// carried keeps DB and the last octet, and the bits in which H was another than it should be.
func (p pss) carried(from, to []byte) []byte {
	salt := p.db[len(p.db)-p.hash.Size():]
	if _, rest, found := bytes.Cut(p.db, []byte{1}); found && p.isOf(from) {
		salt = rest
	}
	h := make([]byte, p.hash.Size())
	subtle.XORBytes(h, p.h, p.inner(from, salt))
	subtle.XORBytes(h, h, p.inner(to, salt))
	masked := unmasked(p.mask, p.db, h)
	masked[0] |= p.encoded[0] & 0x80
	return append(append(masked, h...), p.encoded[len(p.encoded)-1])
}

// inner is H: eight zeros, the hash of the message, and the salt, hashed.
func (p pss) inner(message, salt []byte) []byte {
	return hashed(p.hash, append(append(make([]byte, 8), hashed(p.hash, message)...), salt...))
}

// unmasked adds MGF1 of the seed (RFC 8017 appendix B.2.1), and clears the bit for which a modulus has no room.
func unmasked(hash crypto.Hash, masked, seed []byte) []byte {
	var mask []byte
	for counter := uint32(0); len(mask) < len(masked); counter++ {
		mask = append(mask, hashed(hash, binary.BigEndian.AppendUint32(bytes.Clone(seed), counter))...)
	}
	subtle.XORBytes(mask, mask[:len(masked)], masked)
	mask = mask[:len(masked)]
	mask[0] &= 0x7f
	return mask
}

var publicExponent = big.NewInt(65537)
