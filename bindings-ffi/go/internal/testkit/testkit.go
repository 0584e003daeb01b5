// Package testkit is what jotgatetest needs of jotgate and nobody else may have.
package testkit

// OfAnyValidator gives the same *jotgate.Verified as one that every Validator takes for its own. Package jotgate sets it.
var OfAnyValidator func(verified any) any
