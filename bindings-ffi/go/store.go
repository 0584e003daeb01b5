//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

import "context"

// Store keeps the fetched key sets where other processes and hosts find them, so that one fetch serves them all: a file, a
// database, a cache. The text is what ExportKeys writes. Whoever can change it can make tokens pass: guard it like the
// policy.
//
// Both functions may be called at any time, also one beside the other; they may use the validator. One that fails or panics is
// logged and else as good as none. One that has not returned by the end of its context is not waited for, but its
// goroutine stays until it does.
type Store interface {
	// Load gives the text that was saved last, by whichever process; "" when there is none. It is asked before each fetch,
	// and takes at most half of that one's time.
	Load(ctx context.Context) (string, error)
	// Save keeps the text in place of what was there before. It is called after a fetch has brought something new, when
	// those who wait for keys are served already. One validator saves one text at a time, and the newest last: it begins a
	// save before another one has returned only when that one's context is over, and saves once more when that one returns
	// without an error nevertheless, since the older text may be what is there now.
	Save(ctx context.Context, text string) error
}

// WithStore shares the fetched key sets with all processes that have the same store. A set that another process has fetched
// is taken where this one would fetch, unless it is due to be fetched anew itself or lacks the key that a token names;
// RefreshKeys asks the issuer in any case. The default is no store.
func WithStore(store Store) Option {
	return func(o *options) { o.store = store }
}
