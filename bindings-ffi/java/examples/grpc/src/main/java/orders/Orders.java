package orders;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.ServerBuilder;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.jotgate.JwtRequirement;
import io.jotgate.JwtValidator;
import io.jotgate.JwtValidatorBuilder;
import io.jotgate.grpc.JotgateRequirementInterceptor;
import io.jotgate.grpc.JotgateServerInterceptor;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A small gRPC service: {@code List} answers whose orders they are, {@code Watch} stays open until the token has expired.
 *
 * <p>Environment: {@code ISSUER}, {@code AUDIENCE}, {@code JWKS_URI} (default: the issuer's metadata says it), and {@code PORT} on
 * the loopback interface.
 */
public final class Orders implements BindableService {
    public static void main(String[] arguments) throws Exception {
        JwtValidatorBuilder options = JwtValidator.builder()
                .issuer(System.getenv("ISSUER"))
                .audience(System.getenv("AUDIENCE"));
        if (System.getenv("JWKS_URI") != null) {
            options.jwksUri(System.getenv("JWKS_URI"));
        }
        int port = Integer.parseInt(System.getenv("PORT"));
        Server server = guarded(NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port)), options.build()).start();
        System.out.println("listening on 127.0.0.1:" + server.getPort());
        server.awaitTermination();
    }

    /** The service behind the policy; both methods want a scope beside. */
    static Server guarded(ServerBuilder<?> builder, JwtValidator validator) {
        JwtRequirement reading = JwtRequirement.scopes("orders:read");
        return builder
                .addService(ServerInterceptors.intercept(new Orders(), new JotgateRequirementInterceptor(reading)))
                .intercept(new JotgateServerInterceptor(validator))
                .build();
    }

    private void list(String request, StreamObserver<String> response) {
        response.onNext("orders of " + JotgateServerInterceptor.verified().subject());
        response.onCompleted();
    }

    private void watch(String request, StreamObserver<String> response) {
        // Whoever has to know that the token is over, or that the client has gone, learns it here.
        ((ServerCallStreamObserver<String>) response).setOnCancelHandler(() -> {});
        response.onNext("orders of " + JotgateServerInterceptor.verified().subject());
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder("orders.v1.Orders")
                .addMethod(OrdersGrpc.LIST, ServerCalls.asyncUnaryCall(this::list))
                .addMethod(OrdersGrpc.WATCH, ServerCalls.asyncServerStreamingCall(this::watch))
                .build();
    }
}
