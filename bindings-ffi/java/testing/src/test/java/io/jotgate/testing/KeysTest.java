package io.jotgate.testing;

import static io.jotgate.testing.JwtTestIssuerTest.codeOf;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.Code;
import io.jotgate.JwtValidator;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys that change and break, the server, and the extension of JUnit. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class KeysTest {
    @RegisterExtension
    static final JwtTestIssuerExtension ISSUER =
            JwtTestIssuerExtension.of(() -> JwtTestIssuer.builder().algorithm("ES256").keyId("one").build());

    @Test
    void keysChange(JwtTestIssuer issuer) {
        String old = issuer.token();
        try (JwtValidator validator = fetching(issuer)) {
            validator.validate(old);
            assertEquals("two", issuer.rotate(true, "two"));
            validator.validate(issuer.token());
            validator.validate(issuer.token(it -> it.keyId("one")));
        }
        issuer.retireKeys();
        assertEquals(Code.UNKNOWN_KEY, codeOf(() -> issuer.validator().validate(old)));
        String second = issuer.token();
        issuer.rotate(false);
        issuer.validator().validate(issuer.token());
        assertEquals(Code.UNKNOWN_KEY, codeOf(() -> issuer.validator().validate(second)));
    }

    /** Beside the test before in any order: a rotation is none of the next test's. */
    @Test
    void theNextTestHasTheFirstKey(JwtTestIssuer issuer, JwtValidator validator) {
        assertEquals("one", validator.validate(issuer.token()).header().get("kid"));
    }

    @ParameterizedTest
    @EnumSource(value = Fault.class, mode = EnumSource.Mode.EXCLUDE, names = "WRONG_KEY")
    void anIssuerThatIsBrokenIsNoVerdict(Fault fault, JwtTestIssuer issuer) {
        issuer.breakKeys(fault);
        try (JwtValidator validator = fetching(issuer)) {
            assertEquals(Code.KEYS_UNAVAILABLE, codeOf(() -> validator.validate(issuer.token())));
            String problem = validator.health().sources().get(0).lastError();
            assertEquals(switch (fault) {
                case HTML -> "html_page";
                case ERROR -> "status_500";
                case GONE -> "status_404";
                case SLOW -> "timeout";
                case UNREACHABLE -> "connection";
                default -> problem;
            }, problem);
        }
        issuer.mend();
        try (JwtValidator validator = fetching(issuer)) {
            validator.validate(issuer.token());
        }
    }

    @Test
    void theWrongKeysAreABadSignature(JwtTestIssuer issuer) {
        issuer.breakKeys(Fault.WRONG_KEY);
        try (JwtValidator validator = fetching(issuer)) {
            assertEquals(Code.INVALID_SIGNATURE, codeOf(() -> validator.validate(issuer.token())));
        }
    }

    @Test
    void aServerPublishesTheKeysAndEnds(JwtTestIssuer issuer, TestServer server) throws Exception {
        try (JwtValidator validator = JwtValidator.fromPolicy(server.policy())) {
            validator.validate(issuer.token());
        }
        assertTrue(get(server, "/.well-known/openid-configuration").body().contains(server.url() + "/jwks"));
        issuer.breakKeys(Fault.GONE);
        HttpResponse<String> gone = get(server, "/jwks");
        assertEquals("404 not found", gone.statusCode() + " " + gone.body());
        issuer.breakKeys(Fault.UNREACHABLE);
        assertThrows(IOException.class, () -> get(server, "/jwks"));
        issuer.breakKeys(Fault.SLOW);
        CompletableFuture<?> waiting = HttpClient.newHttpClient().sendAsync(request(server, "/jwks"), HttpResponse.BodyHandlers.ofString());
        server.close();
        assertThrows(ExecutionException.class, waiting::get);
    }

    /** A validator as an application makes it, whose fetches the issuer answers. */
    private static JwtValidator fetching(JwtTestIssuer issuer) {
        return JwtValidator.builder().issuer(issuer.name()).audience("test-api").algorithms("ES256").fetcher(issuer).build();
    }

    private static HttpRequest request(TestServer server, String path) {
        return HttpRequest.newBuilder(URI.create(server.url() + path)).build();
    }

    private static HttpResponse<String> get(TestServer server, String path) throws Exception {
        return HttpClient.newHttpClient().send(request(server, path), HttpResponse.BodyHandlers.ofString());
    }
}
