// Package timing is what the driver uses of Go's own timers and goroutines. The conformance runner puts others in their place,
// before it makes its first validator, so that a scenario's clock moves them; nobody else does.
package timing

import "context"

var (
	// Work bounds a piece of work.
	Work = context.WithTimeout
	// Overdue runs a function when the time of a piece of work is over, unless it is stopped before.
	Overdue = context.AfterFunc
	// Patience bounds the wait for work.
	Patience = context.WithTimeout
	// Go starts a piece of work on a goroutine of its own.
	Go = func(run func()) { go run() }
)
