package io.jotgate.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.stub.StreamObserver;
import io.jotgate.Code;
import io.jotgate.JwtRequirement;
import io.jotgate.JwtValidator;
import io.jotgate.testing.Fault;
import io.jotgate.testing.JwtTestIssuer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The interceptors in a real server, asked by a real client. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CallsTest {
    private static final String POLICY = """
            { "version": 1,
              "issuers": [ { "issuer": "https://idp.example.com/", "audience": "orders",
                             "keys": { "jwks_uri": "https://idp.example.com/jwks" } } ]%s }""";

    private static JwtTestIssuer issuer(String more) {
        return JwtTestIssuer.builder().policy(POLICY.formatted(more)).algorithm("ES256").build();
    }

    private static Serving serving(JwtValidator validator) throws Exception {
        return Serving.of(Serving.service(Serving::subject, CallsTest::silent), new JotgateServerInterceptor(validator));
    }

    /** Answers with the subject when the client has said all. */
    private static StreamObserver<String> silent(StreamObserver<String> client) {
        return new StreamObserver<>() {
            @Override
            public void onNext(String message) {
                client.onNext(Serving.subject());
            }

            @Override
            public void onError(Throwable problem) {}

            @Override
            public void onCompleted() {
                client.onCompleted();
            }
        };
    }

    @Test
    void aCallNeedsAToken() throws Exception {
        JwtTestIssuer issuer = issuer("");
        try (Serving server = serving(issuer.validator())) {
            String good = issuer.bearer(it -> it.subject("alice"));
            Metadata metadata = new Metadata();
            metadata.put(CallRequest.text("Authorization"), good);
            metadata.put(CallRequest.text("other"), "text");
            metadata.put(Metadata.Key.of("trace-bin", Metadata.BINARY_BYTE_MARSHALLER), new byte[] {0, -1});
            assertEquals("OK alice", server.call(Serving.UNARY, metadata).told());
            for (Code code : new Code[] {
                Code.EXPIRED, Code.INVALID_SIGNATURE, Code.AUDIENCE_MISMATCH, Code.UNKNOWN_KEY, Code.MALFORMED_TOKEN,
            }) {
                Serving.Answer answer = server.call(Serving.UNARY, "authorization", "Bearer " + issuer.bad(code).token());
                assertEquals("UNAUTHENTICATED " + code, answer.told());
                assertTrue(answer.trailer("www-authenticate").contains("invalid_token"), answer.toString());
            }
            assertEquals("UNAUTHENTICATED missing_token", server.call(Serving.UNARY).told());
            assertEquals("UNAUTHENTICATED multiple_tokens",
                    server.call(Serving.UNARY, "authorization", good, "authorization", "Bearer x").told());
        }
    }

    @Test
    void withoutKeysACallIsUnavailable() throws Exception {
        JwtTestIssuer issuer = issuer("");
        issuer.breakKeys(Fault.UNREACHABLE);
        try (JwtValidator validator = JwtValidator.builder().policy(POLICY.formatted("")).fetcher(issuer).build();
                Serving server = serving(validator)) {
            Serving.Answer answer = server.call(Serving.UNARY, "authorization", issuer.bearer());
            assertEquals("UNAVAILABLE keys_unavailable", answer.told());
            assertNotNull(answer.trailer("retry-after"));
            assertNull(answer.trailer("www-authenticate"));
        }
    }

    @Test
    void aClosedValidatorLetsNothingPass() throws Exception {
        JwtTestIssuer issuer = issuer("");
        JwtValidator validator = issuer.validator();
        validator.close();
        try (Serving server = serving(validator)) {
            assertEquals("INTERNAL internal_error", server.call(Serving.UNARY, "authorization", issuer.bearer()).told());
        }
    }

    @Test
    void routesNameMethods() throws Exception {
        JwtTestIssuer issuer = issuer("""
                , "unmatched": "deny", "routes": [
                  { "methods": ["POST"], "path": "/test.Service/Unary", "scopes": { "all": ["unary"] } },
                  { "path": "/test.Service/Stream", "skip": true } ]""");
        try (Serving server = serving(issuer.validator())) {
            String reader = issuer.bearer(it -> it.subject("alice").scopes("unary"));
            assertEquals("OK alice", server.call(Serving.UNARY, "authorization", reader).told());
            Serving.Answer refused = server.call(Serving.UNARY, "authorization", issuer.bearer());
            assertEquals("PERMISSION_DENIED insufficient_scope", refused.told());
            assertTrue(refused.trailer("www-authenticate").contains("scope=\"unary\""), refused.toString());
            Serving.Stream stream = server.open("none");
            assertEquals("nobody", stream.ask());
            stream.halfClose();
            assertTrue(stream.end().status().isOk());
            MethodDescriptor<String, String> unknown = Serving.UNARY.toBuilder().setFullMethodName("test.Service/None").build();
            assertEquals("UNIMPLEMENTED", server.call(unknown, "authorization", reader).status().getCode().name());
        }
    }

    @Test
    void aMethodMayAskForMore() throws Exception {
        JwtTestIssuer issuer = issuer(", \"routes\": [ { \"path\": \"/none\", \"skip\": true } ], \"unmatched\": \"token\"");
        var service = ServerInterceptors.intercept(Serving.service(Serving::subject, CallsTest::silent),
                new JotgateRequirementInterceptor(JwtRequirement.scopes("write"), Serving.UNARY),
                new JotgateRequirementInterceptor(JwtRequirement.anyScope("read", "admin")));
        try (Serving server = Serving.of(() -> service, new JotgateServerInterceptor(issuer.validator()));
                Serving bare = Serving.of(() -> service)) {
            assertEquals("OK test-user", server.call(Serving.UNARY, "authorization",
                    issuer.bearer(it -> it.scopes("write", "admin"))).told());
            assertEquals("PERMISSION_DENIED insufficient_scope", server.call(Serving.UNARY, "authorization",
                    issuer.bearer(it -> it.scopes("write"))).told());
            Serving.Answer lacks = server.call(Serving.UNARY, "authorization", issuer.bearer(it -> it.scopes("read")));
            assertEquals("PERMISSION_DENIED insufficient_scope", lacks.told());
            assertTrue(lacks.trailer("www-authenticate").contains("scope=\"write\""), lacks.toString());
            assertEquals("test-user", server.open(issuer.token(it -> it.scopes("read"))).ask());
            assertEquals("PERMISSION_DENIED insufficient_scope", server.open(issuer.token()).end().told());
            assertEquals("INTERNAL internal_error", bare.call(Serving.UNARY, "authorization", issuer.bearer()).told());
        }
    }

    @Test
    void whatNeedsNoTokenIsNeverWhatIsAskedFor() throws Exception {
        JwtTestIssuer issuer = issuer(", \"routes\": [ { \"path\": \"/test.Service/Unary\", \"skip\": true } ]");
        try (Serving server = Serving.of(() -> ServerInterceptors.intercept(
                Serving.service(Serving::subject, CallsTest::silent),
                new JotgateRequirementInterceptor(JwtRequirement.scopes("write"))),
                new JotgateServerInterceptor(issuer.validator()))) {
            assertEquals("UNAUTHENTICATED missing_token", server.call(Serving.UNARY).told());
        }
    }

    @Test
    void metadataGoOnAsThePolicySays() throws Exception {
        JwtTestIssuer issuer = issuer(", \"forward\": { \"claims_to_headers\": { \"sub\": \"X-User\" }, \"strip_token\": true }");
        AtomicReference<Metadata> seen = new AtomicReference<>();
        ServerInterceptor seeing = new ServerInterceptor() {
            @Override
            public <Q, A> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                seen.set(headers);
                return next.startCall(call, headers);
            }
        };
        try (Serving server = Serving.of(Serving.service(Serving::subject, CallsTest::silent),
                seeing, new JotgateServerInterceptor(issuer.validator()))) {
            Metadata.Key<byte[]> trace = Metadata.Key.of("trace-bin", Metadata.BINARY_BYTE_MARSHALLER);
            Metadata metadata = new Metadata();
            metadata.put(CallRequest.text("authorization"), issuer.bearer(it -> it.subject("alice")));
            metadata.put(CallRequest.text("x-user"), "mallory");
            metadata.put(CallRequest.text("other"), "text");
            metadata.put(trace, "bytes".getBytes(StandardCharsets.UTF_8));
            assertEquals("OK alice", server.call(Serving.UNARY, metadata).told());
            assertNull(seen.get().get(CallRequest.text("authorization")));
            assertEquals("alice", seen.get().get(CallRequest.text("x-user")));
            assertEquals("text", seen.get().get(CallRequest.text("other")));
            assertEquals("bytes", new String(seen.get().get(trace), StandardCharsets.UTF_8));
        }
    }

    @Test
    void elsewhereThereIsNoToken() {
        assertThrows(IllegalStateException.class, JotgateServerInterceptor::verified);
        assertThrows(IllegalStateException.class, JotgateServerInterceptor::verifiedIfAny);
    }
}
