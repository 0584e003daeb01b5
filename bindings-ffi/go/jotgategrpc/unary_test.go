package jotgategrpc_test

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/types/known/emptypb"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/jotgate/jotgate/bindings-ffi/go/jotgategrpc"
	"github.com/jotgate/jotgate/bindings-ffi/go/jotgatetest"
)

func TestUnaryCalls(t *testing.T) {
	issuer := issuerOf(t, policy())
	client := guarded(t, service{unary: subject}, issuer.Validator())
	good := "Bearer " + issuer.Token(jotgatetest.Subject("alice"))

	got := call(t, client, "authorization", good, "other", "text", "trace-bin", "\x00\xff")
	if got.expect(t, codes.OK, ""); got.text != "alice" {
		t.Errorf("got %q", got.text)
	}
	for _, code := range []jotgate.Code{
		jotgate.ErrExpired, jotgate.ErrInvalidSignature, jotgate.ErrAudienceMismatch, jotgate.ErrUnknownKey, jotgate.ErrMalformedToken,
	} {
		got := call(t, client, "authorization", "Bearer "+issuer.Bad(code).Token)
		got.expect(t, codes.Unauthenticated, string(code))
		if challenge := got.trailer.Get("www-authenticate"); len(challenge) != 1 || !strings.Contains(challenge[0], "invalid_token") {
			t.Errorf("%s: challenge %q", code, challenge)
		}
	}
	call(t, client).expect(t, codes.Unauthenticated, "missing_token")
	call(t, client, "authorization", good, "authorization", "Bearer x").expect(t, codes.Unauthenticated, "multiple_tokens")
}

func TestNoKeysAreUnavailable(t *testing.T) {
	issuer := issuerOf(t, policy())
	issuer.Break(jotgatetest.FaultUnreachable)
	validator, err := jotgate.New(policy(), jotgate.WithFetcher(issuer), jotgate.WithLogger(slog.New(slog.DiscardHandler)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(validator.Close)
	got := call(t, guarded(t, service{}, validator), "authorization", "Bearer "+issuer.Token())
	got.expect(t, codes.Unavailable, "keys_unavailable")
	if len(got.trailer.Get("retry-after")) != 1 || len(got.trailer.Get("www-authenticate")) != 0 {
		t.Errorf("trailer %v", got.trailer)
	}
}

func TestAClosedValidatorLetsNothingPass(t *testing.T) {
	issuer := issuerOf(t, policy())
	validator := issuer.Validator()
	validator.Close()
	call(t, guarded(t, service{}, validator), "authorization", "Bearer "+issuer.Token()).expect(t, codes.Internal, "internal_error")
}

func TestRoutesNameMethods(t *testing.T) {
	routed := policy()
	routed.Routes = []jotgate.Route{
		{Path: unaryMethod, Methods: []string{"POST"}, Scopes: &jotgate.RouteScopes{All: []string{"unary"}}},
		{Path: streamMethod, Skip: true},
	}
	routed.Unmatched = "deny"
	issuer := issuerOf(t, routed)
	client := guarded(t, service{
		unary: subject,
		stream: func(stream grpc.ServerStream) error {
			if _, ok := jotgate.FromContext(stream.Context()); ok {
				t.Error("nobody has shown a token")
			}
			return stream.RecvMsg(new(emptypb.Empty))
		},
	}, issuer.Validator())

	call(t, client, "authorization", "Bearer "+issuer.Token(jotgatetest.Scopes("unary"))).expect(t, codes.OK, "")
	got := call(t, client, "authorization", "Bearer "+issuer.Token())
	got.expect(t, codes.PermissionDenied, "insufficient_scope")
	if challenge := got.trailer.Get("www-authenticate"); len(challenge) != 1 || !strings.Contains(challenge[0], `scope="unary"`) {
		t.Errorf("challenge %q", challenge)
	}
	stream := open(t, client, "no token")
	if err := stream.SendMsg(new(emptypb.Empty)); err != nil {
		t.Fatal(err)
	}
	ended(stream).expect(t, codes.OK, "")
}

func TestAskedInCode(t *testing.T) {
	issuer := issuerOf(t, policy())
	mayWrite, isEither := jotgategrpc.RequireScopes("write"), jotgategrpc.RequireAnyScope("read", "admin")
	client := guarded(t, service{unary: func(ctx context.Context) (string, error) {
		if err := mayWrite(ctx); err != nil {
			return "", err
		}
		return "both", isEither(ctx)
	}}, issuer.Validator())

	with := func(scopes ...string) answer {
		return call(t, client, "authorization", "Bearer "+issuer.Token(jotgatetest.Scopes(scopes...)))
	}
	with("write", "admin").expect(t, codes.OK, "")
	with("write").expect(t, codes.PermissionDenied, "insufficient_scope")
	got := with("read")
	got.expect(t, codes.PermissionDenied, "insufficient_scope")
	if challenge := got.trailer.Get("www-authenticate"); len(challenge) != 1 || !strings.Contains(challenge[0], `scope="write"`) {
		t.Errorf("challenge %q", challenge)
	}

	unguarded := serve(t, service{unary: func(ctx context.Context) (string, error) { return "", mayWrite(ctx) }},
		grpc.UnaryInterceptor(func(ctx context.Context, r any, _ *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
			return next(ctx, r)
		}))
	call(t, unguarded, "authorization", "Bearer "+issuer.Token()).expect(t, codes.Internal, "internal_error")

	defer func() {
		if recover() == nil {
			t.Error("what can be no scope is a check")
		}
	}()
	jotgategrpc.RequireScopes("two words")
}

func TestMetadataGoOnAsThePolicySays(t *testing.T) {
	forwarding := policy()
	forwarding.Forward = jotgate.Forward{ClaimsToHeaders: map[string]string{"sub": "X-User"}, StripToken: true}
	issuer := issuerOf(t, forwarding)
	var seen metadata.MD
	client := guarded(t, service{unary: func(ctx context.Context) (string, error) {
		seen, _ = metadata.FromIncomingContext(ctx)
		return "", nil
	}}, issuer.Validator())

	call(t, client, "authorization", "Bearer "+issuer.Token(jotgatetest.Subject("alice")), "x-user", "mallory",
		"other", "text", "trace-bin", "\x00\xff").expect(t, codes.OK, "")
	for name, want := range map[string][]string{
		"authorization": nil, "x-user": {"alice"}, "other": {"text"}, "trace-bin": {"\x00\xff"},
	} {
		if got := seen.Get(name); !slices.Equal(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	if len(seen.Get(":authority")) != 1 {
		t.Errorf("got %v", seen)
	}
}
