package jotgategrpc_test

import (
	"context"
	"errors"
	"io"
	"net"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/jotgate/jotgate/bindings-ffi/go/jotgategrpc"
	"github.com/jotgate/jotgate/bindings-ffi/go/jotgatetest"
)

// service has a unary method and a stream in both directions, which do what a test says.
type service struct {
	unary  func(ctx context.Context) (string, error)
	stream func(stream grpc.ServerStream) error
}

func (s service) description() *grpc.ServiceDesc {
	unary := func(_ any, ctx context.Context, decode func(any) error, next grpc.UnaryServerInterceptor) (any, error) {
		if err := decode(new(emptypb.Empty)); err != nil {
			return nil, err
		}
		info := &grpc.UnaryServerInfo{FullMethod: unaryMethod}
		return next(ctx, nil, info, func(ctx context.Context, _ any) (any, error) {
			text, err := s.unary(ctx)
			return wrapperspb.String(text), err
		})
	}
	return &grpc.ServiceDesc{
		ServiceName: "test.Service",
		HandlerType: (*any)(nil),
		Methods:     []grpc.MethodDesc{{MethodName: "Unary", Handler: unary}},
		Streams: []grpc.StreamDesc{{
			StreamName: "Stream", ServerStreams: true, ClientStreams: true,
			Handler: func(_ any, stream grpc.ServerStream) error { return s.stream(stream) },
		}},
	}
}

const unaryMethod, streamMethod = "/test.Service/Unary", "/test.Service/Stream"

// subject answers whose call it is.
func subject(ctx context.Context) (string, error) {
	verified, ok := jotgate.FromContext(ctx)
	if !ok {
		return "nobody", nil
	}
	return verified.Subject(), nil
}

func policy() jotgate.Policy {
	policy := jotgate.ForIssuer("https://idp.example.com/", "orders")
	policy.Issuers[0].Leeway = jotgate.Duration(0)
	return policy
}

func issuerOf(t *testing.T, policy jotgate.Policy) *jotgatetest.Issuer {
	t.Helper()
	return jotgatetest.New(t, policy, jotgatetest.WithAlgorithm("ES256"))
}

// serve gives a client of a real server with these options.
func serve(t *testing.T, s service, options ...grpc.ServerOption) *grpc.ClientConn {
	t.Helper()
	server := grpc.NewServer(options...)
	server.RegisterService(s.description(), s)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	client, err := grpc.NewClient("passthrough:///"+listener.Addr().String(),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func guarded(t *testing.T, s service, validator *jotgate.Validator, opts ...jotgategrpc.Option) *grpc.ClientConn {
	t.Helper()
	return serve(t, s, jotgategrpc.Guard(validator, opts...)...)
}

// answer is what a client gets.
type answer struct {
	text    string
	status  *status.Status
	trailer metadata.MD
}

// call makes a unary call with these metadata: names and values in turn.
func call(t *testing.T, client *grpc.ClientConn, pairs ...string) answer {
	t.Helper()
	var text wrapperspb.StringValue
	var trailer metadata.MD
	ctx := metadata.AppendToOutgoingContext(t.Context(), pairs...)
	err := client.Invoke(ctx, unaryMethod, new(emptypb.Empty), &text, grpc.Trailer(&trailer))
	return answer{text.GetValue(), status.Convert(err), trailer}
}

func (a answer) expect(t *testing.T, code codes.Code, message string) {
	t.Helper()
	if a.status.Code() != code || a.status.Message() != message {
		t.Errorf("got %s %q, not %s %q", a.status.Code(), a.status.Message(), code, message)
	}
}

// open opens a stream with the token.
func open(t *testing.T, client *grpc.ClientConn, token string) grpc.ClientStream {
	t.Helper()
	ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+token)
	description := &grpc.StreamDesc{ServerStreams: true, ClientStreams: true}
	stream, err := client.NewStream(ctx, description, streamMethod)
	if err != nil {
		t.Fatal(err)
	}
	return stream
}

// ended waits for the end of a stream.
func ended(stream grpc.ClientStream) answer {
	var err error
	for err == nil {
		err = stream.RecvMsg(new(wrapperspb.StringValue))
	}
	if errors.Is(err, io.EOF) { // which is OK
		err = nil
	}
	return answer{status: status.Convert(err), trailer: stream.Trailer()}
}

var errUnasked = errors.New("nobody may ask this")
