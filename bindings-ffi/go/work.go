//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

// #include "bridge.h"
import "C"

import (
	"net/http"
	"runtime"
	"sync"
	"unsafe"
)

// work is one piece of what the core wants to have done.
type work struct {
	id C.uint64_t
	// kind is workLoad or one of its neighbours.
	kind uint32
	// request is what a fetch asks for. Its Timeout is there for all kinds.
	request FetchRequest
	// text is what a save puts into the store.
	text string
	// since is when it was given out.
	since C.int64_t
}

// poll gives a piece of work that is to be done, once, to one caller.
func (c *core) poll(now C.int64_t) (piece work, due bool) {
	polled := C.jotgate_poll_work(c.handle, now)
	runtime.KeepAlive(c)
	if polled == nil {
		return work{}, false
	}
	defer C.jotgate_work_free(polled)
	header := make(http.Header, polled.headers_len)
	for _, field := range unsafe.Slice(polled.headers, polled.headers_len) {
		header.Add(text(field.name), text(field.value))
	}
	return work{
		id:   polled.id,
		kind: uint32(polled.kind),
		request: FetchRequest{
			URL:     text(polled.url),
			Header:  header,
			Timeout: milliseconds(polled.timeout_ms),
			MaxBody: int(polled.max_body),
		},
		text:  text(polled.text),
		since: now,
	}, true
}

// report tells the core how the work has ended, and why it is of no use, if so.
func (c *core) report(piece work, ended ending, now C.int64_t) error {
	defer runtime.KeepAlive(c)
	if ended.err != nil {
		cause := causeOf(ended.err)
		C.jotgate_report_failed(c.handle, piece.id, C.uint32_t(failureOf(ended.err)),
			(*C.uint8_t)(unsafe.StringData(cause)), C.size_t(len(cause)), now)
		return ended.err
	}
	switch piece.kind {
	case workLoad:
		status := C.jotgate_report_loaded(c.handle, piece.id,
			(*C.uint8_t)(unsafe.StringData(ended.loaded)), C.size_t(len(ended.loaded)), now)
		return snapshotError(status)
	case workSave:
		C.jotgate_report_saved(c.handle, piece.id, now)
		return nil
	}
	var header packed
	header.appendHeader(ended.response.Header)
	body := ended.response.Body
	status := C.jotgate_go_report_fetched(c.handle, piece.id, C.uint32_t(ended.response.Status),
		(*C.uint8_t)(unsafe.SliceData(header)), C.size_t(len(header)),
		(*C.uint8_t)(unsafe.SliceData(body)), C.size_t(len(body)), now)
	if status != C.JOTGATE_OK {
		return c.report(piece, ending{err: internalError(uint32(status))}, now)
	}
	return nil
}

// underWay knows the work that is out, and who waits for which piece of it.
type underWay struct {
	mutex sync.Mutex
	out   map[C.uint64_t]waiters
}

// waiters are to be told of an end, each once.
type waiters map[chan<- struct{}]struct{}

// take polls for a piece of work. Nobody can ask for it before it is known to be out. The time is told from outside: the clock
// is the application's, and may not run under the lock.
func (u *underWay) take(c *core, now C.int64_t) (piece work, due bool) {
	u.mutex.Lock()
	defer u.mutex.Unlock()
	piece, due = c.poll(now)
	if due {
		if u.out == nil {
			u.out = make(map[C.uint64_t]waiters)
		}
		u.out[piece.id] = make(waiters)
	}
	return piece, due
}

// join makes a channel that gets something when one of these pieces has ended. One that is not out has ended already.
func (u *underWay) join(ids []C.uint64_t) chan struct{} {
	u.mutex.Lock()
	defer u.mutex.Unlock()
	woken := make(chan struct{}, len(ids)) // room for the end of each
	for _, id := range ids {
		if waiting, isOut := u.out[id]; isOut {
			waiting[woken] = struct{}{}
		} else {
			woken <- struct{}{}
		}
	}
	return woken
}

func (u *underWay) leave(ids []C.uint64_t, woken chan struct{}) {
	u.mutex.Lock()
	defer u.mutex.Unlock()
	for _, id := range ids {
		delete(u.out[id], woken)
	}
}

// has reports whether the piece is out.
func (u *underWay) has(id C.uint64_t) bool {
	u.mutex.Lock()
	defer u.mutex.Unlock()
	_, isOut := u.out[id]
	return isOut
}

// remove takes a piece off the list, and gives those who wait for it.
func (u *underWay) remove(id C.uint64_t) waiters {
	u.mutex.Lock()
	defer u.mutex.Unlock()
	waiting := u.out[id]
	delete(u.out, id)
	return waiting
}
