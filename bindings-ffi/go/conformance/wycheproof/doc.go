// Package wycheproof runs the vectors of Wycheproof (github.com/C2SP/wycheproof) through the package jotgate: those for JSON
// Web Signatures and Keys, and those for the signatures and MACs that RFC 7518 section 3 and RFC 8037 name. It is a module of
// its own, so that nobody else downloads them.
//
// A vector is a signature of a message of its own, which is no JWT. So it is carried over to a token (carry_test.go): whatever
// was done to the vector's signature, such as another padding, a number beyond the order of the group or a longer encoding, is
// done to that of the token, under a key of the same kind. A token must pass where its vector is valid, and be refused where it
// is not. Where jotgate does otherwise, deviations_test.go says why, and the test fails when that is no longer so.
package wycheproof
