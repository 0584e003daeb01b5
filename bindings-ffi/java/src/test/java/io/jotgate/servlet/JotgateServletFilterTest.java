package io.jotgate.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.JwtRequirement;
import io.jotgate.JwtValidator;
import io.jotgate.VerifiedJwt;
import io.jotgate.support.Issuer;
import io.jotgate.support.ServletContainer;
import io.jotgate.support.TestClock;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The filter in real containers, asked by a real client. */
@ParameterizedClass
@EnumSource(ServletContainer.class)
class JotgateServletFilterTest {
    private static final long NOW = 1_800_000_000;

    /** Says whom the container takes for the user, and whose token the filter has found. */
    private static final class Echo extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            String token = JotgateServletFilter.verifiedIfAny(request).map(VerifiedJwt::subject).orElse("nobody");
            response.getWriter().print(request.getRemoteUser() + " " + request.getAuthType() + " " + token);
        }
    }

    @TempDir
    Path folder;

    private final ServletContainer container;
    private ServletContainer.Running running;
    private JwtValidator validator;

    JotgateServletFilterTest(ServletContainer container) {
        this.container = container;
    }

    @BeforeEach
    void start() throws Exception {
        validator = JwtValidator.builder()
                .policy(Issuer.policyWithRoutes("""
                        { "path": "/health", "skip": true },
                        { "path": "/bare", "skip": true },
                        { "path": "/admin", "scopes": { "all": ["admin"] } }"""))
                .clock(new TestClock(Instant.ofEpochSecond(NOW))).build();
        JotgateRequirementFilter writing = new JotgateRequirementFilter(validator, JwtRequirement.scopes("orders:write"));
        running = container.start(folder, context -> {
            context.addServlet("echo", new Echo()).addMapping("/*");
            FilterRegistration.Dynamic filter = context.addFilter("jotgate", new JotgateServletFilter(validator));
            filter.setAsyncSupported(true);
            filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
            context.addFilter("writing", writing)
                    .addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, "/new", "/bare");
        });
    }

    @AfterEach
    void stop() throws Exception {
        running.close();
        validator.close();
    }

    private HttpResponse<String> send(String method, String target, String... authorization) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + running.port() + target))
                .method(method, HttpRequest.BodyPublishers.noBody());
        for (String field : authorization) {
            request.header("Authorization", field);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static String bearer(String... members) {
        return "Bearer " + Issuer.hs256(Issuer.payload(NOW + 60, members));
    }

    @Test
    void aGoodTokenReachesTheServlet() throws Exception {
        HttpResponse<String> answer = send("GET", "/orders?a=b", bearer("\"sub\":\"alice\""));
        assertEquals(200, answer.statusCode());
        assertEquals("alice Bearer alice", answer.body());
    }

    @Test
    void aTokenWithoutASubjectNamesNobody() throws Exception {
        assertEquals("null null nobody", send("GET", "/orders", bearer()).body());
    }

    @Test
    void routesLetRequestsPassWithoutAToken() throws Exception {
        assertEquals("null null nobody", send("GET", "/health").body());
    }

    @Test
    void aServletMayAskForMore() throws Exception {
        HttpResponse<String> lacks = send("GET", "/new", bearer("\"sub\":\"alice\""));
        assertEquals(403, lacks.statusCode());
        String challenge = lacks.headers().firstValue("WWW-Authenticate").orElse("");
        assertTrue(challenge.endsWith("scope=\"orders:write\""), challenge);
        String writer = bearer("\"sub\":\"alice\"", "\"scope\":\"orders:write\"");
        assertEquals("alice Bearer alice", send("GET", "/new", writer).body());
        HttpResponse<String> bare = send("GET", "/bare", writer);
        assertEquals(401, bare.statusCode());
        assertTrue(bare.body().contains("missing_token"), bare.body());
    }

    @Test
    void refusalsAreThePolicysAnswers() throws Exception {
        HttpResponse<String> missing = send("GET", "/orders");
        assertEquals(401, missing.statusCode());
        assertEquals("Bearer", missing.headers().firstValue("WWW-Authenticate").orElse(""));
        assertTrue(missing.body().contains("\"code\":\"missing_token\""), missing.body());

        HttpResponse<String> scope = send("GET", "/admin", bearer());
        assertEquals(403, scope.statusCode());
        String challenge = scope.headers().firstValue("WWW-Authenticate").orElse("");
        assertTrue(challenge.contains("scope=\"admin\""), challenge);

        HttpResponse<String> several = send("GET", "/orders", bearer("\"sub\":\"alice\""), bearer("\"sub\":\"bob\""));
        assertEquals(400, several.statusCode());
        assertFalse(several.body().contains("alice"));

        HttpResponse<String> head = send("HEAD", "/orders");
        assertEquals(401, head.statusCode());
        assertEquals("", head.body());
    }

    @Test
    void aClosedValidatorLetsNothingPass() throws Exception {
        validator.close();
        HttpResponse<String> answer = send("GET", "/orders", bearer());
        assertEquals(500, answer.statusCode());
        assertEquals("", answer.body());
    }

    @Test
    void withoutTheFilterThereIsNoToken() throws Exception {
        Exception[] thrown = new Exception[1];
        HttpServlet bare = new HttpServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) {
                thrown[0] = assertThrows(IllegalStateException.class, () -> JotgateServletFilter.verified(request));
            }
        };
        try (ServletContainer.Running without = container.start(folder, context -> context.addServlet("bare", bare).addMapping("/*"))) {
            HttpClient.newHttpClient().send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + without.port() + "/")).build(),
                    HttpResponse.BodyHandlers.discarding());
        }
        assertTrue(thrown[0].getMessage().contains("JotgateServletFilter"));
    }
}
