package io.jotgate.grpc;

import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.ServerCalls;
import io.jotgate.VerifiedJwt;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A real server with one method of each of two kinds, and a client of it. */
final class Serving implements AutoCloseable {
    static final MethodDescriptor<String, String> UNARY = method("Unary", MethodDescriptor.MethodType.UNARY);
    static final MethodDescriptor<String, String> STREAM = method("Stream", MethodDescriptor.MethodType.BIDI_STREAMING);

    private final Server server;
    private final ManagedChannel channel;

    private Serving(Server server) {
        this.server = server;
        channel = NettyChannelBuilder.forAddress((InetSocketAddress) server.getListenSockets().get(0)).usePlaintext().build();
    }

    /** The last interceptor is asked first. */
    static Serving of(BindableService service, ServerInterceptor... interceptors) throws IOException {
        NettyServerBuilder builder = NettyServerBuilder
                .forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).addService(service);
        for (ServerInterceptor interceptor : interceptors) {
            builder.intercept(interceptor);
        }
        return new Serving(builder.build().start());
    }

    /** A service that answers what is told, and whose streams do what is told. */
    static BindableService service(Supplier<String> answer, ServerCalls.BidiStreamingMethod<String, String> stream) {
        return () -> ServerServiceDefinition.builder("test.Service")
                .addMethod(UNARY, ServerCalls.asyncUnaryCall((request, response) -> {
                    response.onNext(answer.get());
                    response.onCompleted();
                }))
                .addMethod(STREAM, ServerCalls.asyncBidiStreamingCall(stream)).build();
    }

    static String subject() {
        return JotgateServerInterceptor.verifiedIfAny().map(VerifiedJwt::subject).orElse("nobody");
    }

    /** What a call ended with. */
    record Answer(String text, Status status, Metadata trailers) {
        String trailer(String name) {
            return trailers.get(CallRequest.text(name));
        }

        /** Such as {@code OK alice} and {@code UNAUTHENTICATED expired}. */
        String told() {
            return status.getCode() + " " + (status.isOk() ? text : status.getDescription());
        }
    }

    /** Makes a call with these metadata: names and values in turn. */
    Answer call(MethodDescriptor<String, String> method, String... fields) {
        Metadata metadata = new Metadata();
        for (int i = 0; i < fields.length; i += 2) {
            metadata.put(CallRequest.text(fields[i]), fields[i + 1]);
        }
        return call(method, metadata);
    }

    Answer call(MethodDescriptor<String, String> method, Metadata metadata) {
        try {
            var with = ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
            return new Answer(ClientCalls.blockingUnaryCall(with, method, CallOptions.DEFAULT, "?"), Status.OK, new Metadata());
        } catch (StatusRuntimeException refused) {
            return new Answer("", refused.getStatus(), refused.getTrailers());
        }
    }

    /** Opens a stream with a token. */
    Stream open(String token) {
        return new Stream(channel.newCall(STREAM, CallOptions.DEFAULT), token);
    }

    /** The client's side of a stream. */
    static final class Stream extends ClientCall.Listener<String> {
        private final ClientCall<String, String> call;
        private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        final BlockingQueue<Answer> end = new LinkedBlockingQueue<>();

        private Stream(ClientCall<String, String> call, String token) {
            this.call = call;
            Metadata metadata = new Metadata();
            metadata.put(CallRequest.text("authorization"), "Bearer " + token);
            call.start(this, metadata);
            call.request(Integer.MAX_VALUE);
        }

        @Override
        public void onMessage(String message) {
            messages.add(message);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            end.add(new Answer("", status, trailers));
        }

        void send() {
            call.sendMessage("?");
        }

        String ask() throws InterruptedException {
            send();
            return messages.poll(60, TimeUnit.SECONDS);
        }

        void halfClose() {
            call.halfClose();
        }

        void cancel() {
            call.cancel("no more of it", null);
        }

        Answer end() throws InterruptedException {
            return end.poll(60, TimeUnit.SECONDS);
        }
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    private static MethodDescriptor<String, String> method(String name, MethodDescriptor.MethodType type) {
        return MethodDescriptor.newBuilder(new Text(), new Text()).setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName("test.Service", name)).build();
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
