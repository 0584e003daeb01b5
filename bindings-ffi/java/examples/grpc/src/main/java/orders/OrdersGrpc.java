package orders;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The methods of the service. Messages are plain texts here; what protoc makes of a service has descriptors like these. */
final class OrdersGrpc {
    static final MethodDescriptor<String, String> LIST = method("List", MethodType.UNARY);
    static final MethodDescriptor<String, String> WATCH = method("Watch", MethodType.SERVER_STREAMING);

    private OrdersGrpc() {}

    private static MethodDescriptor<String, String> method(String name, MethodType type) {
        return MethodDescriptor.newBuilder(new Text(), new Text()).setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName("orders.v1.Orders", name)).build();
    }

    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String text) {
            return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream bytes) {
            try {
                return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException problem) {
                throw new UncheckedIOException(problem);
            }
        }
    }
}
