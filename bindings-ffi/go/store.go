package jotgate

// #include "jotgate.h"
import "C"

import (
	"context"
	"runtime"
	"time"
	"unsafe"
)

// Store keeps the fetched key sets where other processes and hosts find them, so that one fetch serves them all: a file, a
// database, a cache. The text is what ExportKeys writes. Whoever can change it can make tokens pass: guard it like the
// policy.
//
// Both functions may be called at any time, also several at once; they may use the validator. One that fails or panics is
// logged and else as good as none. One that has not returned by the end of its context is not waited for, but its
// goroutine stays until it does.
type Store interface {
	// Load gives the text that was saved last, by whichever process; "" when there is none. It is asked before each fetch,
	// and its time counts as the fetch's.
	Load(ctx context.Context) (string, error)
	// Save keeps the text in place of what was there before. It is called after a fetch has brought something new, when
	// those who wait for keys are served already, and never twice at once by one validator.
	Save(ctx context.Context, text string) error
}

// WithStore shares the fetched key sets with all processes that have the same store. A set that another process has fetched
// is taken where this one would fetch, unless it is due to be fetched anew itself or lacks the key that a token names;
// RefreshKeys asks the issuer in any case. The default is no store.
func WithStore(store Store) Option {
	return func(o *options) { o.store = store }
}

// settle ends a fetch with what another process has fetched, when the store has something that answers it.
func (c *core) settle(ctx context.Context, id uint64) bool {
	store := c.store
	if store == nil {
		return false
	}
	text, err := within(ctx, func() (string, error) { return store.Load(ctx) })
	settled := false
	if err == nil && text != "" {
		settled, err = c.settleFetch(id, text, c.now())
	}
	c.reportStore("jotgate: the store of key sets was of no use", err)
	return settled
}

// save gives the store what fetches have brought. One goroutine at a time does, so that an older text never replaces a newer
// one: whoever comes meanwhile makes it look once more.
func (c *core) save(timeout time.Duration) {
	if c.store == nil || c.saving.Add(1) != 1 {
		return
	}
	for pending := int32(1); ; pending = c.saving.Load() {
		for c.life.Err() == nil && c.exportDue() {
			c.saveOnce(timeout)
		}
		if c.saving.CompareAndSwap(pending, 0) {
			return
		}
	}
}

func (c *core) saveOnce(timeout time.Duration) {
	text, err := c.exportKeys()
	if err == nil {
		ctx, cancel := context.WithTimeout(c.life, timeout)
		defer cancel()
		store := c.store
		_, err = within(ctx, func() (struct{}, error) { return struct{}{}, store.Save(ctx, string(text)) })
	}
	c.reportStore("jotgate: the key sets could not be saved", err)
}

// reportStore tells operators why processes fetch for themselves. That Close has ended a call is no news.
func (c *core) reportStore(message string, err error) {
	if err != nil && c.life.Err() == nil {
		c.logger.Warn(message, "error", err)
	}
}

// within calls the host's code, survives its panics, and stops waiting for it when the context ends.
func within[T any](ctx context.Context, call func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	outcomes := make(chan outcome, 1)
	if ctx.Err() == nil {
		go func() {
			var o outcome
			o.err = guarded(func() (err error) {
				o.value, err = call()
				return err
			})
			outcomes <- o
		}()
	}
	select {
	case o := <-outcomes:
		return o.value, o.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// settleFetch offers a snapshot in place of a fetch, and tells whether the fetch has ended.
func (c *core) settleFetch(id uint64, snapshot string, now int64) (bool, error) {
	var settled C.int32_t
	status := C.jotgate_settle_fetch(c.handle, C.uint64_t(id),
		(*C.uint8_t)(unsafe.StringData(snapshot)), C.size_t(len(snapshot)), C.int64_t(now), &settled)
	runtime.KeepAlive(c)
	return settled != 0, snapshotError(status)
}

// exportDue tells whether a fetch has brought something since this was last asked.
func (c *core) exportDue() bool {
	defer runtime.KeepAlive(c)
	return C.jotgate_export_due(c.handle) != 0
}
