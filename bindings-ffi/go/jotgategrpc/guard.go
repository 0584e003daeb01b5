// Package jotgategrpc guards the calls of a gRPC server by a Validator of jotgate.
//
//	server := grpc.NewServer(jotgategrpc.Guard(validator)...)
//
// The policy sees a call as the HTTP request that it is: the method POST, the path /package.Service/Method, and its metadata as
// header fields. So its routes name gRPC methods, such as /grpc.health.v1.Health/Check with Skip. Handlers find what was verified
// by [jotgate.FromContext].
//
// What may not pass is answered as over HTTP, in the codes of gRPC: UNAUTHENTICATED for 401 and 400, PERMISSION_DENIED for 403,
// UNAVAILABLE when the issuer's keys cannot be had. The message is jotgate's code, such as expired. The challenge is the trailer
// www-authenticate, and retry-after says when keys are asked for again.
package jotgategrpc

import (
	"context"

	"google.golang.org/grpc"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// Option changes how calls are guarded. What passes is the policy's business.
type Option func(*settings)

type settings struct{ streamsOutliveTokens bool }

// StreamsOutliveTokens lets streams go on when the token has expired that opened them. By default they end then.
func StreamsOutliveTokens() Option {
	return func(s *settings) { s.streamsOutliveTokens = true }
}

// Guard guards all calls of a server: its options are both interceptors. With others beside them:
//
//	grpc.NewServer(append(jotgategrpc.Guard(validator), grpc.Creds(credentials))...)
func Guard(validator *jotgate.Validator, opts ...Option) []grpc.ServerOption {
	return []grpc.ServerOption{
		grpc.ChainUnaryInterceptor(UnaryServerInterceptor(validator)),
		grpc.ChainStreamInterceptor(StreamServerInterceptor(validator, opts...)),
	}
}

// UnaryServerInterceptor guards unary calls alone; a server with streams needs StreamServerInterceptor too, and has both by Guard.
func UnaryServerInterceptor(validator *jotgate.Validator) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, request any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
		ctx, _, err := admit(ctx, validator, info.FullMethod)
		if err != nil {
			return nil, err
		}
		return next(ctx, request)
	}
}

// StreamServerInterceptor guards streams: when they begin, and, unless there is StreamsOutliveTokens, when their token has expired.
// Then the validator is asked again, and once its leeway is over the stream ends with UNAUTHENTICATED, whatever its handler does: its
// context is done, and it can send and receive nothing more. So handlers of streams run on goroutines of their own.
func StreamServerInterceptor(validator *jotgate.Validator, opts ...Option) grpc.StreamServerInterceptor {
	var settings settings
	for _, apply := range opts {
		apply(&settings)
	}
	return func(server any, stream grpc.ServerStream, info *grpc.StreamServerInfo, next grpc.StreamHandler) error {
		ctx, admitted, err := admit(stream.Context(), validator, info.FullMethod)
		if err != nil {
			return err
		}
		guarded := &guardedStream{ServerStream: stream, ctx: ctx}
		if settings.streamsOutliveTokens || admitted.verified.ExpiresAt().IsZero() {
			return next(server, guarded)
		}
		return admitted.whileGood(guarded, func() error { return next(server, guarded) })
	}
}
