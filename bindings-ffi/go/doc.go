// Package jotgate validates JWTs by your API gateway's policy, inside your process, with the same verdict as jotgate
// gives in every other language.
//
// A [Validator] is made once from a policy and used by any number of goroutines:
//
//	validator, err := jotgate.New(jotgate.SingleIssuer(jotgate.Issuer{
//		Issuer:   jotgate.OneOf("https://idp.example.com/"),
//		Audience: jotgate.OneOf("https://api.example.com"),
//		Keys:     jotgate.Keys{JWKSURI: []string{"https://idp.example.com/jwks"}},
//	}))
//	…
//	http.Handle("/orders", validator.Middleware(orders))
//
// All rules, defaults, limits and retries live in the native core that is linked in; this package converts, fetches key
// sets with net/http, waits, and names errors. It needs cgo and has no other dependency than the standard library.
//
// # Errors
//
// A bad token gives a [*RejectedError] with a stable [Code], which errors.Is knows as [ErrExpired] and its neighbours.
// When nobody can say whether the token is good, because the issuer's keys cannot be had, the error is a
// [*KeysUnavailableError]: answer 503 then, not 401. No error holds any part of a token or of a key.
package jotgate
