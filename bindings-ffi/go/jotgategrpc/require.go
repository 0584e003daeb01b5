package jotgategrpc

import (
	"context"
	"log/slog"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
)

// RequireScopes makes a check for handlers behind the interceptors: nil when the call's token has each of these scopes, and else
// the status to return, PERMISSION_DENIED with a challenge that names them. It panics where there is no scope, or what cannot be
// one, so make it when the program starts:
//
//	var mayRead = jotgategrpc.RequireScopes("orders:read")
//
//	func (s *server) List(ctx context.Context, …) (…, error) {
//		if err := mayRead(ctx); err != nil {
//			return nil, err
//		}
func RequireScopes(all ...string) func(context.Context) error {
	return mustRequire(jotgate.RouteScopes{All: all})
}

// RequireAnyScope is as RequireScopes, for tokens that have one of these scopes.
func RequireAnyScope(any ...string) func(context.Context) error {
	return mustRequire(jotgate.RouteScopes{Any: any})
}

func mustRequire(scopes jotgate.RouteScopes) func(context.Context) error {
	requirement, err := jotgate.NewRequirement(jotgate.Asked{Scopes: &scopes})
	if err != nil {
		panic(err)
	}
	return func(ctx context.Context) error { return Require(ctx, requirement) }
}

// Require is as RequireScopes, for whatever the requirement asks for. A call that came through no interceptor of this package gets
// INTERNAL, and the default logger says so: nobody has looked at its token.
func Require(ctx context.Context, requirement *jotgate.Requirement) error {
	admitted, ok := ctx.Value(admissionKey{}).(*admission)
	if !ok {
		slog.Warn("jotgate: a call came to a Requirement through no interceptor of jotgategrpc")
		return status.Error(codes.Internal, string(jotgate.ErrInternal))
	}
	err := admitted.validator.Require(admitted.verified, requirement)
	if err != nil {
		return refuse(ctx, admitted.validator.AnswerWith(err, requirement), err)
	}
	return nil
}
