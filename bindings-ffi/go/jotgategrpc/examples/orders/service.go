package main

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

// What protoc makes of this, written by hand so that the example needs no other tool:
//
//	package orders.v1;
//	service Orders {
//	  rpc List(google.protobuf.Empty) returns (google.protobuf.StringValue);
//	  rpc Watch(google.protobuf.Empty) returns (stream google.protobuf.StringValue);
//	}

type ordersServer interface {
	List(ctx context.Context, request *emptypb.Empty) (*wrapperspb.StringValue, error)
	Watch(request *emptypb.Empty, stream grpc.ServerStreamingServer[wrapperspb.StringValue]) error
}

var ordersService = grpc.ServiceDesc{
	ServiceName: "orders.v1.Orders",
	HandlerType: (*ordersServer)(nil),
	Methods:     []grpc.MethodDesc{{MethodName: "List", Handler: listHandler}},
	Streams:     []grpc.StreamDesc{{StreamName: "Watch", Handler: watchHandler, ServerStreams: true}},
}

func listHandler(
	server any, ctx context.Context, decode func(any) error, interceptor grpc.UnaryServerInterceptor,
) (any, error) {
	request := new(emptypb.Empty)
	if err := decode(request); err != nil {
		return nil, err
	}
	handler := func(ctx context.Context, request any) (any, error) {
		return server.(ordersServer).List(ctx, request.(*emptypb.Empty))
	}
	if interceptor == nil {
		return handler(ctx, request)
	}
	info := &grpc.UnaryServerInfo{Server: server, FullMethod: "/orders.v1.Orders/List"}
	return interceptor(ctx, request, info, handler)
}

func watchHandler(server any, stream grpc.ServerStream) error {
	request := new(emptypb.Empty)
	if err := stream.RecvMsg(request); err != nil {
		return err
	}
	typed := &grpc.GenericServerStream[emptypb.Empty, wrapperspb.StringValue]{ServerStream: stream}
	return server.(ordersServer).Watch(request, typed)
}
