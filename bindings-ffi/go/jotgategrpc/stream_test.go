package jotgategrpc_test

import (
	"context"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/jotgate/jotgate/bindings-ffi/go/jotgategrpc"
	"github.com/jotgate/jotgate/bindings-ffi/go/jotgatetest"
)

// echo answers each message with the name of the caller.
func echo(stream grpc.ServerStream) error {
	for {
		if err := stream.RecvMsg(new(emptypb.Empty)); err != nil {
			return err
		}
		name, _ := subject(stream.Context())
		if err := stream.SendMsg(wrapperspb.String(name)); err != nil {
			return err
		}
	}
}

func TestAStreamNeedsAToken(t *testing.T) {
	issuer := issuerOf(t, policy())
	client := guarded(t, service{stream: echo}, issuer.Validator())
	got := ended(open(t, client, issuer.Bad(jotgate.ErrExpired).Token))
	got.expect(t, codes.Unauthenticated, "expired")
	if len(got.trailer.Get("www-authenticate")) != 1 {
		t.Errorf("trailer %v", got.trailer)
	}
	stream := open(t, client, issuer.Token(jotgatetest.Subject("alice")))
	var name wrapperspb.StringValue
	if err := stream.SendMsg(new(emptypb.Empty)); err != nil {
		t.Fatal(err)
	}
	if err := stream.RecvMsg(&name); err != nil || name.GetValue() != "alice" {
		t.Errorf("got %q, %v", name.GetValue(), err)
	}
}

// An idle handler waits where no context reaches it, and a busy one sends on.
func TestAStreamEndsWithItsToken(t *testing.T) {
	handlers := map[string]func(stream grpc.ServerStream) error{
		"idle": echo,
		"busy": func(stream grpc.ServerStream) error {
			for {
				if err := stream.SendMsg(wrapperspb.String("more")); err != nil {
					return err
				}
			}
		},
		"deaf": func(stream grpc.ServerStream) error {
			<-stream.Context().Done()
			time.Sleep(10 * time.Millisecond)
			panic("nobody is there to hear this")
		},
	}
	for name, handler := range handlers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			issuer := issuerOf(t, policy())
			var started atomic.Bool
			last := make(chan error, 1)
			client := guarded(t, service{stream: func(stream grpc.ServerStream) error {
				started.Store(true)
				defer func() { last <- stream.SendMsg(wrapperspb.String("late")) }()
				return handler(stream)
			}}, issuer.Validator())
			got := endedInTime(t, client, issuer, &started)
			got.expect(t, codes.Unauthenticated, "expired")
			if len(got.trailer.Get("www-authenticate")) != 1 {
				t.Errorf("trailer %v", got.trailer)
			}
			if err := <-last; status.Code(err) != codes.Unauthenticated {
				t.Errorf("the handler got %v", err)
			}
		})
	}
}

// endedInTime waits for the end of a stream whose token lives for a second more; on a busy machine some are over before they begin.
func endedInTime(t *testing.T, client *grpc.ClientConn, issuer *jotgatetest.Issuer, started *atomic.Bool) answer {
	t.Helper()
	for {
		got := ended(open(t, client, issuer.Token(jotgatetest.Lifetime(time.Second))))
		if started.Load() {
			return got
		}
	}
}

func TestAStreamHasTheLeewayOfThePolicy(t *testing.T) {
	t.Parallel()
	lenient := policy()
	lenient.Issuers[0].Leeway = jotgate.Duration(time.Second)
	issuer := issuerOf(t, lenient)
	client := guarded(t, service{stream: echo}, issuer.Validator())
	expires := time.Now().Add(time.Second).Truncate(time.Second)
	ended(open(t, client, issuer.Token(jotgatetest.Claim("exp", expires.Unix())))).expect(t, codes.Unauthenticated, "expired")
	if over := time.Since(expires); over < time.Second {
		t.Errorf("it ended %s after exp", over)
	}
}

func TestAStreamMayOutliveItsToken(t *testing.T) {
	t.Parallel()
	issuer := issuerOf(t, policy())
	var started atomic.Bool
	client := guarded(t, service{stream: func(stream grpc.ServerStream) error {
		started.Store(true)
		verified, _ := jotgate.FromContext(stream.Context())
		for time.Now().Before(verified.ExpiresAt().Add(100 * time.Millisecond)) {
			time.Sleep(10 * time.Millisecond)
		}
		return stream.Context().Err()
	}}, issuer.Validator(), jotgategrpc.StreamsOutliveTokens())
	endedInTime(t, client, issuer, &started).expect(t, codes.OK, "")
}

func TestAHandlerEndsAsItWould(t *testing.T) {
	issuer := issuerOf(t, policy())
	handlers := map[string]struct {
		handler func(stream grpc.ServerStream) error
		code    codes.Code
		message string
	}{
		"status": {func(grpc.ServerStream) error { return status.Error(codes.Aborted, "no") }, codes.Aborted, "no"},
		"panic":  {func(grpc.ServerStream) error { panic("a bug") }, codes.DataLoss, "a bug"},
		"exit":   {func(grpc.ServerStream) error { runtime.Goexit(); return errUnasked }, codes.Internal, "internal_error"},
	}
	catching := func(server any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, next grpc.StreamHandler) (err error) {
		defer func() {
			if panicked, ok := recover().(string); ok {
				err = status.Error(codes.DataLoss, panicked)
			}
		}()
		return next(server, stream)
	}
	for name, c := range handlers {
		t.Run(name, func(t *testing.T) {
			options := append([]grpc.ServerOption{grpc.ChainStreamInterceptor(catching)}, jotgategrpc.Guard(issuer.Validator())...)
			ended(open(t, serve(t, service{stream: c.handler}, options...), issuer.Token())).expect(t, c.code, c.message)
		})
	}
}

func TestAHandlerEndsWithItsClient(t *testing.T) {
	issuer := issuerOf(t, policy())
	over := make(chan error, 1)
	client := guarded(t, service{stream: func(stream grpc.ServerStream) error {
		over <- stream.RecvMsg(new(emptypb.Empty))
		<-stream.Context().Done()
		over <- context.Cause(stream.Context())
		return nil
	}}, issuer.Validator())
	stream := open(t, client, issuer.Token())
	if err := stream.SendMsg(new(emptypb.Empty)); err != nil {
		t.Fatal(err)
	}
	if err := <-over; err != nil {
		t.Fatal(err)
	}
	_ = client.Close()
	if err := <-over; err != context.Canceled {
		t.Errorf("got %v", err)
	}
}
