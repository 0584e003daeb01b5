package main

import (
	"context"
	"sync"
	"time"

	"github.com/jotgate/jotgate/bindings-ffi/go/internal/timing"
)

// timers stand in for those of the driver: they go by the clock of a scenario, and fire when a step says so.
type timers struct {
	mutex sync.Mutex
	now   func() time.Time
	set   map[*timer]bool
	// running counts the goroutines of work that have not ended, those that report it as overdue among them.
	running int
}

// timer is a context that ends by its deadline only when it is fired.
type timer struct {
	context.Context
	at     time.Time
	isWork bool
	// isWatched tells whether somebody wants to know that it has fired.
	isWatched bool
	end       context.CancelFunc
	fired     chan struct{}
}

// Deadline is the one by the scenario's clock.
func (t *timer) Deadline() (time.Time, bool) { return t.at, true }

// Err tells a deadline from a call of cancel.
func (t *timer) Err() error {
	err := t.Context.Err()
	select {
	case <-t.fired:
		return context.DeadlineExceeded
	default:
		return err
	}
}

// install puts timers in the place of Go's.
func install() *timers {
	all := &timers{now: time.Now, set: make(map[*timer]bool)}
	timing.Work = func(parent context.Context, length time.Duration) (context.Context, context.CancelFunc) {
		return all.start(parent, length, true)
	}
	timing.Patience = func(parent context.Context, length time.Duration) (context.Context, context.CancelFunc) {
		return all.start(parent, length, false)
	}
	timing.Overdue = all.watch
	timing.Go = func(run func()) {
		all.count(1)
		go func() {
			defer all.count(-1)
			run()
		}()
	}
	return all
}

func (t *timers) start(
	parent context.Context, length time.Duration, isWork bool,
) (context.Context, context.CancelFunc) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	ctx, end := context.WithCancel(parent)
	started := &timer{Context: ctx, at: t.now().Add(length), isWork: isWork, end: end, fired: make(chan struct{})}
	t.set[started] = true
	return started, func() {
		t.mutex.Lock()
		delete(t.set, started)
		t.mutex.Unlock()
		end()
	}
}

func (t *timers) watch(ctx context.Context, overdue func()) (stop func() bool) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	watched := ctx.(*timer)
	watched.isWatched = true
	stopWatching := context.AfterFunc(ctx, func() {
		overdue()
		if watched.Err() == context.DeadlineExceeded {
			t.count(-1)
		}
	})
	return func() bool {
		t.mutex.Lock()
		defer t.mutex.Unlock()
		watched.isWatched = false
		return stopWatching()
	}
}

// fire ends what is over by the clock: pieces of work, or waits.
func (t *timers) fire(isWork bool) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for timer := range t.set {
		if timer.isWork == isWork && !timer.at.After(t.now()) {
			delete(t.set, timer)
			if timer.isWatched {
				t.running++
			}
			close(timer.fired)
			timer.end()
		}
	}
}

func (t *timers) count(change int) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.running += change
}

// isRunning tells whether exactly so many pieces of work have not ended.
func (t *timers) isRunning(count int) bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.running == count
}

// goBy sets the clock.
func (t *timers) goBy(now func() time.Time) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.now = now
}
