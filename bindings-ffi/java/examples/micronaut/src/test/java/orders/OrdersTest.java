package orders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.Code;
import io.jotgate.JwtValidator;
import io.jotgate.testing.JwtTestIssuer;
import io.jotgate.testing.JwtTestIssuerExtension;
import io.micronaut.context.ApplicationContext;
import io.micronaut.runtime.server.EmbeddedServer;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class OrdersTest {
    @RegisterExtension
    static final JwtTestIssuerExtension ISSUER =
            JwtTestIssuerExtension.of(() -> JwtTestIssuer.ofPolicy(Path.of("policy.yaml")));

    private EmbeddedServer server;

    @BeforeEach
    void start(JwtValidator validator) {
        server = ApplicationContext.builder().singletons(validator)
                .properties(Map.of("micronaut.server.port", -1, "micronaut.server.host", "127.0.0.1"))
                .run(EmbeddedServer.class);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> send(String method, String path, String... fields) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.getURI().resolve(path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (fields.length > 0) {
            request.headers(fields);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void ordersAreShownToTheirOwner(JwtTestIssuer issuer) throws Exception {
        assertEquals("orders of alice",
                send("GET", "/orders", "Authorization", issuer.bearer(it -> it.subject("alice"))).body());
        for (Code code : new Code[] {Code.EXPIRED, Code.AUDIENCE_MISMATCH, Code.UNKNOWN_KEY, Code.INVALID_SIGNATURE}) {
            String bad = issuer.bad(code, it -> it.in("GET", "/orders")).token();
            HttpResponse<String> refused = send("GET", "/orders", "Authorization", "Bearer " + bad);
            assertEquals(401, refused.statusCode());
            assertTrue(refused.body().contains("\"code\":\"" + code + "\""), refused.body());
        }
    }

    @Test
    void thePolicySaysWhatARequestNeeds(JwtTestIssuer issuer) throws Exception {
        assertEquals("well", send("GET", "/health").body());
        assertEquals(401, send("GET", "/nowhere").statusCode());
        HttpResponse<String> lacks = send("POST", "/orders", "Authorization", issuer.bearer());
        assertEquals(403, lacks.statusCode());
        assertTrue(lacks.headers().firstValue("WWW-Authenticate").orElse("").contains("scope=\"orders:write\""));
        assertEquals("application/problem+json", lacks.headers().firstValue("Content-Type").orElse(""));
        assertEquals("an order of test-user",
                send("POST", "/orders", "Authorization", issuer.bearer(it -> it.scopes("orders:write"))).body());
    }
}
