//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

// #include "jotgate.h"
import "C"

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"time"

	"github.com/jotgate/jotgate/bindings-ffi/go/internal/timing"
)

// judge comes to a verdict, with what the host has to say about it, and tells of refusals.
func (c *core) judge(ctx context.Context, q question, s *scratch) (*Verified, error) {
	verified, err := c.decide(ctx, q, s)
	c.tell(err)
	return verified, err
}

func (c *core) decide(ctx context.Context, q question, s *scratch) (*Verified, error) {
	status, err := c.insist(ctx, q, s)
	if err != nil {
		return nil, err
	}
	if s.verdict.kind == verdictUndecided {
		status = c.consult(ctx, s)
	}
	verified, err := c.outcome(status, s.verdict, s.buffer)
	return c.shown(ctx, verified, err)
}

// insist asks the core until it knows. Keys that are missing are fetched once for all who wait; keys that are about to
// go stale are fetched in the background, and nobody waits.
func (c *core) insist(ctx context.Context, q question, s *scratch) (C.jotgate_status, error) {
	for {
		now := c.now()
		status := c.ask(q, s, now)
		if s.verdict.work_due != 0 {
			c.startWork(now)
		}
		if s.verdict.kind != verdictKeysNeeded {
			return status, nil
		}
		c.tellEvents()
		ids := s.verdict.wait_for[:s.verdict.wait_for_len]
		if err := c.wait(ctx, ids, milliseconds(s.verdict.patience_ms), now); err != nil {
			return status, err
		}
	}
}

// wait returns when one of these pieces of work has ended, and with an error when the caller or the validator has.
func (c *core) wait(ctx context.Context, ids []C.uint64_t, patience time.Duration, since C.int64_t) error {
	woken := c.underWay.join(ids)
	defer c.underWay.leave(ids, woken)
	patient, stop := timing.Patience(context.Background(), patience)
	defer stop()
	select {
	case <-woken:
	case <-patient.Done():
		for _, id := range ids {
			c.finish(work{id: id, since: since}, ending{err: context.DeadlineExceeded})
		}
	case <-c.life.Done():
	case <-ctx.Done():
		return fmt.Errorf("jotgate: gave up waiting for the issuer's keys: %w", ctx.Err())
	}
	// Close also ends the work, and that is no news of the issuer.
	if c.life.Err() != nil {
		return ErrClosed
	}
	return nil
}

// startWork starts whatever is to be done, each piece on a goroutine that lives as long as its work. The clock is read for each
// piece, as starting one takes time: what is given out by an old time is overdue for whoever asks by the right one. lastRead is the
// time that the caller has read, which counts where the clock panics.
func (c *core) startWork(lastRead C.int64_t) {
	for c.life.Err() == nil {
		piece, due := c.underWay.take(c, c.nowOr(lastRead))
		if !due {
			return
		}
		timing.Go(func() { c.run(piece) })
	}
}

// ending is how a piece of work came to its end.
type ending struct {
	response FetchResponse
	loaded   string
	err      error
}

// run does one piece of work. It does not belong to any caller. What has not ended in time is reported as failed; when it
// ends later nevertheless, that is reported as well, and the core knows what to make of it.
func (c *core) run(piece work) {
	ctx, cancel := timing.Work(c.life, piece.request.Timeout)
	defer cancel()
	stop := timing.Overdue(ctx, func() { c.finish(piece, ending{err: ctx.Err()}) })
	ended := c.call(ctx, piece)
	stop()
	c.finish(piece, ended)
}

// call has the user's code do the work, and survives whatever that does.
func (c *core) call(ctx context.Context, piece work) (ended ending) {
	ended.err = guarded(func() (err error) {
		if err := ctx.Err(); err != nil { // Close has come first
			return err
		}
		switch piece.kind {
		case workFetch:
			ended.response, err = c.fetcher.Fetch(ctx, piece.request)
		case workLoad:
			ended.loaded, err = c.store.Load(ctx)
		case workSave:
			err = c.store.Save(ctx, piece.text)
		default:
			err = errors.New("this package does not know such work")
		}
		return err
	})
	switch response := ended.response; {
	case ended.err != nil:
	case response.Status < 0 || response.Status > math.MaxUint16:
		ended.err = fmt.Errorf("the fetcher answered with status %d", response.Status)
	case len(response.Body) > piece.request.MaxBody:
		ended.err = &http.MaxBytesError{Limit: int64(piece.request.MaxBody)}
	}
	return ended
}

// finish reports how work has ended, tells operators, starts what follows from it, and wakes those who wait for it: last, because
// what follows is asked for with a time that was read before they go on, and who goes on may look for what was told.
func (c *core) finish(piece work, ended ending) {
	now := c.nowOr(piece.since)
	err := c.report(piece, ended, now)
	if !c.underWay.has(piece.id) {
		err = nil // told before, as overdue
	}
	c.log(piece, err)
	c.startWork(now)
	for waiter := range c.underWay.remove(piece.id) {
		waiter <- struct{}{} // there is room: see join
	}
	c.tellEvents()
}

// nowOr goes by an earlier time when the application's clock panics: that must not keep work from ending.
func (c *core) nowOr(earlier C.int64_t) C.int64_t {
	now := earlier
	_ = guarded(func() error {
		now = c.now()
		return nil
	})
	return now
}

// log tells operators that an issuer has ceased to give keys, once until it gives some again, and each time why processes
// fetch for themselves. That Close has ended the work is no news.
func (c *core) log(piece work, err error) {
	if c.life.Err() != nil {
		return
	}
	switch {
	case err == nil:
	case piece.kind == workLoad:
		c.warn("the store of key sets was of no use", "error", err)
	case piece.kind == workSave:
		c.warn("the key sets could not be saved", "error", err)
	}
	for {
		warning, err := c.longText(func(buffer *C.uint8_t, length C.size_t, needed *C.size_t) C.jotgate_status {
			return C.jotgate_poll_warning(c.handle, buffer, length, needed)
		})
		if err != nil || len(warning) == 0 {
			return
		}
		c.warn(string(warning))
	}
}

// warn survives whatever the application's logger does.
func (o *options) warn(message string, details ...any) {
	_ = guarded(func() error {
		logger := o.logger
		if logger == nil {
			logger = slog.Default()
		}
		logger.Warn("jotgate: "+message, details...)
		return nil
	})
}
