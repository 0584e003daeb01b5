package orders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.jotgate.Code;
import io.jotgate.JwtValidator;
import io.jotgate.testing.JwtTestIssuer;
import io.jotgate.testing.JwtTestIssuerExtension;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Iterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OrdersTest {
    @RegisterExtension
    static final JwtTestIssuerExtension ISSUER = JwtTestIssuerExtension.of(() -> JwtTestIssuer.builder()
            .issuer("https://idp.example.com/").audience("orders").algorithm("ES256").build());

    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start(JwtValidator validator) throws Exception {
        server = Orders.guarded(NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)), validator).start();
        channel = NettyChannelBuilder.forAddress((InetSocketAddress) server.getListenSockets().get(0)).usePlaintext().build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    private Channel with(String token) {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + token);
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    private static String list(Channel client) {
        return ClientCalls.blockingUnaryCall(client, OrdersGrpc.LIST, CallOptions.DEFAULT, "");
    }

    private static Status.Code refused(Channel client) {
        return assertThrows(StatusRuntimeException.class, () -> list(client)).getStatus().getCode();
    }

    @Test
    void ordersAreShownToTheirOwner(JwtTestIssuer issuer) {
        assertEquals("orders of alice", list(with(issuer.token(it -> it.subject("alice").scopes("orders:read")))));
        assertEquals(Status.Code.UNAUTHENTICATED, refused(channel));
        assertEquals(Status.Code.UNAUTHENTICATED, refused(with(issuer.bad(Code.EXPIRED).token())));
        assertEquals(Status.Code.PERMISSION_DENIED, refused(with(issuer.token())));
    }

    @Test
    void aWatchEndsWithTheToken(JwtTestIssuer issuer) {
        String token = issuer.token(it -> it.scopes("orders:read").lifetime(Duration.ofSeconds(1)));
        Iterator<String> orders =
                ClientCalls.blockingServerStreamingCall(with(token), OrdersGrpc.WATCH, CallOptions.DEFAULT, "");
        StatusRuntimeException end = assertThrows(StatusRuntimeException.class, () -> orders.forEachRemaining(order -> {}));
        assertEquals(Status.Code.UNAUTHENTICATED, end.getStatus().getCode());
        assertEquals("expired", end.getStatus().getDescription());
    }
}
