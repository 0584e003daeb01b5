// Package jotgate validates JWTs by your API gateway's policy, inside your process, with the same verdict as jotgate
// gives in every other language.
//
// A [Validator] is made once from a policy and used by any number of goroutines:
//
//	validator, err := jotgate.New(jotgate.ForIssuer("https://idp.example.com/", "orders"))
//	…
//	http.Handle("/orders", validator.Middleware(orders))
//
// All rules, defaults, limits and retries live in the native core that is linked in, and so does what is to be done when: this
// package does the work that the core gives out (fetches with net/http, calls of a [Store]), reports how it ended, waits, and
// names errors. It needs cgo and has no other dependency than the standard library.
//
// # The application's own word
//
// The functions of [WithClientLookup] and [WithRevocationCheck] get an [*Undecided]: a token that passes the policy and is no
// permission. Only their answers make a [*Verified] of it.
//
// # Errors
//
// A bad token gives a [*RejectedError] with a stable [Code], which errors.Is knows as [ErrExpired] and its neighbours.
// When nobody can say whether the token is good, because the issuer's keys cannot be had, the error is a
// [*KeysUnavailableError]: answer 503 then, not 401. No error holds any part of a token or of a key.
package jotgate
