//go:build cgo && (((linux || darwin) && (amd64 || arm64)) || (windows && amd64))

package jotgate

// #cgo noescape jotgate_go_validate_many
// #cgo nocallback jotgate_go_validate_many
// #include <stdlib.h>
// #include "bridge.h"
import "C"

import (
	"context"
	"runtime"
	"sync"
	"time"
	"unsafe"
)

// Result is what ValidateMany has to say about one token. Exactly one of the two is nil.
type Result struct {
	Verified *Verified
	Err      error
}

// ValidateMany validates many tokens. The results are those that Validate gives for each, in the order of the tokens.
//
// The tokens are judged by as many threads as GOMAXPROCS says, key sets are fetched once for all of them, and tokens whose keys
// are at hand wait for none. The context bounds the wait alone, as for Validate: when it ends, its error is that of the tokens
// that have no verdict yet. The functions of WithRevocationCheck and its neighbours are called after all that, token by token.
func (v *Validator) ValidateMany(ctx context.Context, tokens []string, more ...QuestionOption) []Result {
	b := batch{tokens: tokens, results: make([]Result, len(tokens)), asOf: question{}.with(more).asOf}
	b.core = v.core.Load()
	if b.core == nil {
		for place := range b.results {
			b.results[place].Err = ErrClosed
		}
		return b.results
	}
	// For a host's function that ends its goroutine.
	defer b.giveUp()
	b.insist(ctx)
	b.settle(ctx)
	return b.results
}

// batch is tokens, and what they have come to.
type batch struct {
	core    *core
	tokens  []string
	asOf    asOf
	results []Result
	// undecided are the verdicts on tokens that the host is asked about, by place.
	undecided map[int]C.jotgate_verdict
}

// waiting are tokens that need the same keys.
type waiting struct {
	ids      [8]C.uint64_t
	idsLen   C.size_t
	patience time.Duration
	places   []int
	err      error
}

// insist asks the core in rounds, each time about those alone that have no verdict yet.
func (b *batch) insist(ctx context.Context) {
	open := make([]int, len(b.tokens))
	for place := range open {
		open[place] = place
	}
	for len(open) > 0 {
		now := b.core.now()
		groups := make(map[[8]C.uint64_t]*waiting)
		b.ask(b.parts(open), now, groups)
		open = b.wait(ctx, groups, now)
	}
}

// parts are the tokens that cross at once: more would be no faster, and hold more memory.
func (b *batch) parts(open []int) (parts [][]int) {
	for begin := 0; begin < len(open); {
		end, length := begin, 0
		for end < len(open) && end-begin < mostTokens && (end == begin || length+len(b.tokens[open[end]]) <= mostBytes) {
			length += len(b.tokens[open[end]])
			end++
		}
		parts = append(parts, open[begin:end])
		begin = end
	}
	return parts
}

// ask asks about these tokens once, and starts the work that is due. Those that need keys join the groups.
//
// While the verdicts on one part are read, which takes a processor, the next one is judged by all of them.
func (b *batch) ask(parts [][]int, now C.int64_t, groups map[[8]C.uint64_t]*waiting) {
	made := b.judge(parts[0], now)
	for turn := range parts {
		var next chan *verdicts
		if turn+1 < len(parts) {
			next = make(chan *verdicts, 1)
			go func() { next <- b.judge(parts[turn+1], now) }()
		}
		b.take(made, now, groups)
		if next != nil {
			made = <-next
		}
	}
}

// verdicts are those on some of the tokens, in memory of C's.
type verdicts struct {
	places []int
	status C.jotgate_status
	made   *C.jotgate_verdict
	memory unsafe.Pointer
	length int
}

// judge crosses with these tokens. It touches nothing that take does.
func (b *batch) judge(places []int, now C.int64_t) *verdicts {
	var asked packed
	length := roomForDetails
	for _, place := range places {
		token := b.tokens[place]
		asked.append(token)
		length += 4 * len(token) // is always enough without mapped claims, and memory that is not touched costs nothing
	}
	made := (*C.jotgate_verdict)(C.malloc(C.size_t(len(places)) * C.sizeof_jotgate_verdict))
	status, memory, length := b.judged(asked, made, len(places), length, now)
	return &verdicts{places: places, status: status, made: made, memory: memory, length: length}
}

// take reads the verdicts, and frees them.
func (b *batch) take(v *verdicts, now C.int64_t, groups map[[8]C.uint64_t]*waiting) {
	defer C.free(unsafe.Pointer(v.made))
	defer C.free(v.memory)
	made, buffer := unsafe.Slice(v.made, len(v.places)), unsafe.Slice((*byte)(v.memory), v.length)
	for index, place := range v.places {
		switch verdict := &made[index]; {
		case v.status == C.JOTGATE_OK && verdict.kind == verdictKeysNeeded:
			join(groups, verdict, place)
		case v.status == C.JOTGATE_OK && verdict.kind == verdictUndecided:
			if b.undecided == nil {
				b.undecided = make(map[int]C.jotgate_verdict)
			}
			b.undecided[place] = *verdict
		default:
			b.results[place].Verified, b.results[place].Err = b.core.outcome(v.status, verdict, buffer)
		}
	}
	if v.status == C.JOTGATE_OK && made[0].work_due != 0 {
		b.core.startWork(now)
	}
}

// judged crosses, with a buffer that grows until it is large enough. The caller frees it.
func (b *batch) judged(
	asked packed, verdicts *C.jotgate_verdict, count, length int, now C.int64_t,
) (C.jotgate_status, unsafe.Pointer, int) {
	for {
		memory := C.malloc(C.size_t(length))
		var needed C.size_t
		status := C.jotgate_go_validate_many(b.core.handle,
			(*C.uint8_t)(unsafe.SliceData(asked)), C.size_t(len(asked)), C.uint32_t(runtime.GOMAXPROCS(0)), b.asOf.millis(), now,
			(*C.uint8_t)(memory), C.size_t(length), &needed, verdicts, C.size_t(count))
		runtime.KeepAlive(b.core)
		if status != C.JOTGATE_BUFFER_TOO_SMALL || int(needed) <= length {
			return status, memory, length
		}
		C.free(memory)
		length = int(needed) + roomForDetails
	}
}

func join(groups map[[8]C.uint64_t]*waiting, verdict *C.jotgate_verdict, place int) {
	group := groups[verdict.wait_for]
	if group == nil {
		group = &waiting{ids: verdict.wait_for, idsLen: verdict.wait_for_len}
		groups[verdict.wait_for] = group
	}
	group.patience = max(group.patience, milliseconds(verdict.patience_ms))
	group.places = append(group.places, place)
}

// wait returns when each group has had what it waits for, with the tokens that are to be asked about again. The others have the
// error of whoever gave up.
func (b *batch) wait(ctx context.Context, groups map[[8]C.uint64_t]*waiting, since C.int64_t) (open []int) {
	if len(groups) == 0 {
		return nil
	}
	b.core.tellEvents()
	var all sync.WaitGroup
	for _, group := range groups {
		all.Add(1)
		go func() {
			defer all.Done()
			group.err = b.core.wait(ctx, group.ids[:group.idsLen], group.patience, since)
		}()
	}
	all.Wait()
	for _, group := range groups {
		if group.err == nil {
			open = append(open, group.places...)
		}
		for _, place := range group.places {
			b.results[place].Err = group.err
		}
	}
	return open
}

// settle asks the host what it has to say about each token, and tells of refusals, in the order of the tokens.
func (b *batch) settle(ctx context.Context) {
	s := scratches.Get().(*scratch)
	defer s.release()
	for place := range b.results {
		result := &b.results[place]
		if verdict, isAsked := b.undecided[place]; isAsked {
			delete(b.undecided, place) // consult gives it up
			*s.verdict = verdict
			status := b.core.consult(ctx, s)
			result.Verified, result.Err = b.core.outcome(status, s.verdict, s.buffer)
		}
		result.Verified, result.Err = b.core.shown(ctx, result.Verified, result.Err)
		b.core.tell(result.Err)
	}
}

// giveUp frees the tokens that nobody has decided on.
func (b *batch) giveUp() {
	for _, verdict := range b.undecided {
		C.jotgate_undecided_free(verdict.undecided)
	}
	runtime.KeepAlive(b.core)
}

const (
	mostTokens = 1024
	mostBytes  = 8 << 20
	// roomForDetails is for what UNAVAILABLE says, once for each issuer.
	roomForDetails = 16 << 10
)
