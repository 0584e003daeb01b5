package jotgategrpc

import (
	"context"
	"log/slog"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// guardedStream shows its handler the context with the token, and ends for it when that context does.
type guardedStream struct {
	grpc.ServerStream
	ctx context.Context
}

func (s *guardedStream) Context() context.Context { return s.ctx }

func (s *guardedStream) SendMsg(message any) error {
	if err := s.ended(); err != nil {
		return err
	}
	return s.ServerStream.SendMsg(message)
}

func (s *guardedStream) RecvMsg(message any) error {
	if err := s.ended(); err != nil {
		return err
	}
	return s.ServerStream.RecvMsg(message)
}

// ended is the status that the client has got because of its token, and nil as long as it has got none.
func (s *guardedStream) ended() error {
	cause := context.Cause(s.ctx)
	if _, isStatus := status.FromError(cause); cause == nil || !isStatus {
		return nil
	}
	return cause
}

// whileGood runs a handler as long as its token is good. The handler of an idle stream waits for messages, where no context reaches
// it, so that the stream is ended in its place.
func (a *admission) whileGood(stream *guardedStream, handler func() error) error {
	ctx, cancel := context.WithCancelCause(stream.ctx)
	defer cancel(nil)
	stream.ctx = ctx
	left := make(chan struct{})
	defer close(left)
	over := run(handler, left)
	expired := time.NewTimer(time.Until(a.verified.ExpiresAt()))
	defer expired.Stop()
	for {
		select {
		case outcome := <-over:
			return outcome.result()
		case <-expired.C:
			if _, err := a.validator.ValidateRequest(a.request); err != nil {
				err = refuse(ctx, a.validator.Answer(err), err)
				cancel(err)
				return err
			}
			expired.Reset(betweenQuestions) // the policy's leeway, which only the validator knows, or another clock
		}
	}
}

// outcome is how a handler ended.
type outcome struct {
	err      error
	panicked any
}

// result ends the interceptor as the handler has ended: a panic goes on to the interceptors in front, which may catch it.
func (o outcome) result() error {
	if o.panicked != nil {
		panic(o.panicked)
	}
	return o.err
}

// run runs the handler on a goroutine of its own. When it ends after its stream was left, nobody waits for it.
func run(handler func() error, left <-chan struct{}) <-chan outcome {
	over := make(chan outcome)
	go func() {
		// This remains when the handler ends its goroutine.
		ended := outcome{err: status.Error(codes.Internal, string(jotgate.ErrInternal))}
		defer func() {
			ended.panicked = recover()
			select {
			case over <- ended:
			case <-left:
				if ended.panicked != nil {
					slog.Error("jotgate: the handler of a stream whose token had expired panicked", "panic", ended.panicked)
				}
			}
		}()
		ended.err = handler()
	}()
	return over
}

// betweenQuestions is how often the validator is asked whether a token that has expired still passes.
const betweenQuestions = time.Second
