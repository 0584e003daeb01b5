package jotgate

// #include "jotgate.h"
import "C"

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"time"
)

// question is what may be asked: about a token, or about a request that was packed into the scratch.
type question struct {
	token     string
	isRequest bool
	// asOf is the time to judge the token for; nil is the time that it is.
	asOf *time.Time
}

// judge comes to a verdict, asks the host's own checks, and tells of refusals.
func (c *core) judge(ctx context.Context, q question, s *scratch) (*Verified, error) {
	verified, err := c.decide(ctx, q, s)
	if err == nil && !verified.skipped {
		verified, err = c.admit(ctx, verified)
	}
	c.tell(err)
	return verified, err
}

// decide asks the core until it knows. Keys that are missing are fetched once for all who wait; keys that are about to
// go stale are fetched in the background, and nobody waits.
func (c *core) decide(ctx context.Context, q question, s *scratch) (*Verified, error) {
	for {
		// Taken before the core is asked: a fetch that ends in between is not missed.
		landed := *c.landed.Load()
		now := c.now()
		status := c.ask(q, now, s)
		if s.verdict.fetch_due != 0 {
			c.startFetches(now)
		}
		if s.verdict.kind != C.JOTGATE_VERDICT_KEYS_NEEDED {
			return c.outcome(status, s)
		}
		c.tellEvents()
		if err := c.wait(ctx, landed); err != nil {
			return nil, err
		}
	}
}

func (c *core) ask(q question, now int64, s *scratch) C.jotgate_status {
	if q.isRequest {
		return c.validateRequest(q.time(now), now, s)
	}
	return c.validateToken(q.token, q.time(now), now, s)
}

// time is the one to judge the token for, in milliseconds.
func (q question) time(now int64) int64 {
	if q.asOf != nil {
		return q.asOf.UnixMilli()
	}
	return now
}

// wait returns when some fetch has ended, and with an error when the caller or the validator has.
func (c *core) wait(ctx context.Context, landed <-chan struct{}) error {
	// Every fetch ends by its own timeout. This one is for a fetch that was lost nevertheless: the core gives such a
	// fetch up, so asking again starts another.
	lost := time.NewTimer(time.Duration(c.longestFetch.Load()) + lostFetchGrace)
	defer lost.Stop()
	select {
	case <-landed:
	case <-lost.C:
	case <-c.life.Done():
	case <-ctx.Done():
		return fmt.Errorf("jotgate: gave up waiting for the issuer's keys: %w", ctx.Err())
	}
	// Close also ends the fetch, and that is no news of the issuer.
	if c.life.Err() != nil {
		return ErrClosed
	}
	return nil
}

// startFetches starts whatever is to be fetched, each on a goroutine that lives as long as its fetch.
func (c *core) startFetches(now int64) {
	for {
		id, request, due := c.takeFetch(now)
		if !due {
			return
		}
		c.noteTimeout(request.Timeout)
		go c.fetch(id, request)
	}
}

// noteTimeout keeps the longest timeout of all fetches.
func (c *core) noteTimeout(timeout time.Duration) {
	for {
		longest := c.longestFetch.Load()
		if int64(timeout) <= longest || c.longestFetch.CompareAndSwap(longest, int64(timeout)) {
			return
		}
	}
}

// fetch does one fetch from start to end and wakes everyone who waits. It does not belong to any caller.
func (c *core) fetch(id uint64, request FetchRequest) {
	ctx, cancel := context.WithTimeout(c.life, request.Timeout)
	defer cancel()

	if !c.settle(ctx, id) {
		answer := c.get(ctx, request)
		c.report(request, answer)
		if answer.failure == 0 && !c.completeFetch(id, answer.response, c.now()) {
			answer.failure = fetchCallback
		}
		if answer.failure != 0 {
			c.failFetch(id, answer.failure, c.now())
		}
	}
	next := make(chan struct{})
	close(*c.landed.Swap(&next))
	c.tellEvents()
	c.save(request.Timeout)
}

// fetchAnswer is a response, or the failure to get one.
type fetchAnswer struct {
	response FetchResponse
	failure  fetchFailure
	err      error
}

func failedFetch(err error) fetchAnswer { return fetchAnswer{failure: failureOf(err), err: err} }

// get has the fetcher ask the issuer. It survives whatever the user's code does.
func (c *core) get(ctx context.Context, request FetchRequest) fetchAnswer {
	fetcher := c.fetcher
	response, err := within(ctx, func() (FetchResponse, error) { return fetcher.Fetch(ctx, request) })
	switch {
	case err != nil:
		return failedFetch(err)
	case response.Status < 0 || response.Status > math.MaxUint16:
		return failedFetch(fmt.Errorf("the fetcher answered with status %d", response.Status))
	case len(response.Body) > request.MaxBody:
		return failedFetch(&http.MaxBytesError{Limit: int64(request.MaxBody)})
	default:
		return fetchAnswer{response: response}
	}
}

// report tells operators why there are no fresh keys. That Close has cancelled a fetch is no news.
func (c *core) report(request FetchRequest, answer fetchAnswer) {
	if answer.err == nil && answer.response.Status == http.StatusOK || c.life.Err() != nil {
		return
	}
	address := "unreadable"
	if parsed, err := url.Parse(request.URL); err == nil {
		address = parsed.Redacted()
	}
	if answer.err != nil {
		c.logger.Warn("jotgate: a key set could not be fetched", "url", address, "error", answer.err)
	} else {
		c.logger.Warn("jotgate: a key set could not be fetched", "url", address, "status", answer.response.Status)
	}
}

const (
	fetchConnection fetchFailure = C.JOTGATE_FETCH_CONNECTION
	fetchTimeout    fetchFailure = C.JOTGATE_FETCH_TIMEOUT
	fetchTooLarge   fetchFailure = C.JOTGATE_FETCH_TOO_LARGE
	fetchCancelled  fetchFailure = C.JOTGATE_FETCH_CANCELLED
	fetchCallback   fetchFailure = C.JOTGATE_FETCH_CALLBACK

	// lostFetchGrace is longer than the core waits for a fetch beyond its timeout.
	lostFetchGrace = 3 * time.Second
)
