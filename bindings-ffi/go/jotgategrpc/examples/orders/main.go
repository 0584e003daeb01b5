// Command orders is a small gRPC service behind jotgate: List answers who asks, Watch counts until the token has expired, and the
// health service needs no token.
//
// Environment: ISSUER, AUDIENCE, JWKS_URI (default: the issuer's metadata says it), and PORT (on loopback, default 8080). It ends
// with SIGINT or SIGTERM.
package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"

	jotgate "github.com/jotgate/jotgate/bindings-ffi/go"
	"github.com/jotgate/jotgate/bindings-ffi/go/jotgategrpc"
)

func main() {
	if err := serve(); err != nil {
		slog.Error("the server ended", "error", err)
		os.Exit(1)
	}
}

func serve() error {
	validator, err := jotgate.New(policy())
	if err != nil {
		return err
	}
	defer validator.Close()
	listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", cmp.Or(os.Getenv("PORT"), "8080")))
	if err != nil {
		return err
	}
	server := newServer(validator)
	stop, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	context.AfterFunc(stop, server.Stop)
	slog.Info("listening", "address", listener.Addr().String())
	return server.Serve(listener)
}

func policy() jotgate.Policy {
	policy := jotgate.ForIssuer(os.Getenv("ISSUER"), os.Getenv("AUDIENCE"))
	if address := os.Getenv("JWKS_URI"); address != "" {
		policy.Issuers[0].Keys.JWKSURI = []string{address}
	}
	policy.Routes = []jotgate.Route{{PathRegex: `/grpc\.health\.v1\.Health/(Check|Watch)`, Skip: true}}
	return policy
}

func newServer(validator *jotgate.Validator) *grpc.Server {
	server := grpc.NewServer(jotgategrpc.Guard(validator)...)
	server.RegisterService(&ordersService, orders{})
	grpc_health_v1.RegisterHealthServer(server, health.NewServer())
	return server
}

type orders struct{}

var mayRead = jotgategrpc.RequireScopes("orders:read")

func (orders) List(ctx context.Context, _ *emptypb.Empty) (*wrapperspb.StringValue, error) {
	if err := mayRead(ctx); err != nil {
		return nil, err
	}
	verified, _ := jotgate.FromContext(ctx)
	return wrapperspb.String("orders of " + verified.Subject()), nil
}

func (orders) Watch(_ *emptypb.Empty, stream grpc.ServerStreamingServer[wrapperspb.StringValue]) error {
	ctx := stream.Context()
	if err := mayRead(ctx); err != nil {
		return err
	}
	for number := 1; ; number++ {
		if err := stream.Send(wrapperspb.String(fmt.Sprint("order ", number))); err != nil {
			return err
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
