package main

import (
	"context"
	"net"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/jotgate/jotgate/bindings-ffi/go/jotgatetest"
)

// running serves the example and gives a client of it.
func running(t *testing.T) (*jotgatetest.Issuer, *grpc.ClientConn) {
	t.Helper()
	t.Setenv("ISSUER", "https://idp.example.com/")
	t.Setenv("AUDIENCE", "orders")
	shipped := policy()
	shipped.Issuers[0].Leeway = jotgate.Duration(0) // nobody waits for it here
	issuer := jotgatetest.New(t, shipped, jotgatetest.WithAlgorithm("ES256"))
	server := newServer(issuer.Validator())
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	client, err := grpc.NewClient("passthrough:///"+listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return issuer, client
}

func with(t *testing.T, token string) context.Context {
	return metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+token)
}

func TestOrders(t *testing.T) {
	issuer, client := running(t)
	list := func(ctx context.Context) (string, codes.Code) {
		var answer wrapperspb.StringValue
		err := client.Invoke(ctx, "/orders.v1.Orders/List", new(emptypb.Empty), &answer)
		return answer.GetValue(), status.Code(err)
	}
	mayRead := jotgatetest.Scopes("orders:read")
	if orders, _ := list(with(t, issuer.Token(jotgatetest.Subject("alice"), mayRead))); orders != "orders of alice" {
		t.Errorf("got %q", orders)
	}
	for _, bad := range []struct {
		ctx  context.Context
		code codes.Code
	}{
		{t.Context(), codes.Unauthenticated},
		{with(t, issuer.Token()), codes.PermissionDenied},
		{with(t, issuer.Bad(jotgate.ErrExpired).Token), codes.Unauthenticated},
	} {
		if _, code := list(bad.ctx); code != bad.code {
			t.Errorf("got %s, not %s", code, bad.code)
		}
	}
	health, err := grpc_health_v1.NewHealthClient(client).Check(t.Context(), new(grpc_health_v1.HealthCheckRequest))
	if err != nil || health.GetStatus() != grpc_health_v1.HealthCheckResponse_SERVING {
		t.Errorf("got %v, %v", health, err)
	}
}

func TestWatchEndsWithTheToken(t *testing.T) {
	issuer, client := running(t)
	token := issuer.Token(jotgatetest.Scopes("orders:read"), jotgatetest.Lifetime(time.Second))
	stream, err := client.NewStream(with(t, token), &ordersService.Streams[0], "/orders.v1.Orders/Watch")
	if err != nil {
		t.Fatal(err)
	}
	_ = stream.SendMsg(new(emptypb.Empty)) // RecvMsg tells what failed
	_ = stream.CloseSend()
	for err == nil {
		err = stream.RecvMsg(new(wrapperspb.StringValue))
	}
	if got := status.Convert(err); got.Code() != codes.Unauthenticated || got.Message() != string(jotgate.ErrExpired) {
		t.Errorf("got %v", err)
	}
}
