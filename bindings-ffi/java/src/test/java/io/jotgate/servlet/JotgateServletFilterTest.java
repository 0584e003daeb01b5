package io.jotgate.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.jotgate.JwtRequirement;
import io.jotgate.JwtValidator;
import io.jotgate.VerifiedJwt;
import io.jotgate.support.Issuer;
import io.jotgate.support.TestClock;
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
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The filter in a real Tomcat, asked by a real client. */
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

    private final Tomcat tomcat = new Tomcat();
    private JwtValidator validator;

    @BeforeEach
    void start() throws Exception {
        validator = JwtValidator.builder()
                .policy(Issuer.policyWithRoutes("""
                        { "path": "/health", "skip": true },
                        { "path": "/bare", "skip": true },
                        { "path": "/admin", "scopes": { "all": ["admin"] } }"""))
                .clock(new TestClock(Instant.ofEpochSecond(NOW))).build();
        tomcat.setBaseDir(folder.toString());
        tomcat.setHostname("127.0.0.1");
        tomcat.setPort(0);
        Context context = tomcat.addContext("", folder.toString());
        Tomcat.addServlet(context, "echo", new Echo());
        context.addServletMappingDecoded("/*", "echo");
        FilterDef filter = new FilterDef();
        filter.setFilterName("jotgate");
        filter.setFilter(new JotgateServletFilter(validator));
        filter.setAsyncSupported("true");
        context.addFilterDef(filter);
        FilterMap everywhere = new FilterMap();
        everywhere.setFilterName("jotgate");
        everywhere.addURLPattern("/*");
        context.addFilterMap(everywhere);
        require(context, "writing", "/new");
        require(context, "bare", "/bare");
        tomcat.getConnector();
        tomcat.start();
    }

    private void require(Context context, String name, String pattern) {
        FilterDef filter = new FilterDef();
        filter.setFilterName(name);
        filter.setFilter(new JotgateRequirementFilter(validator, JwtRequirement.scopes("orders:write")));
        context.addFilterDef(filter);
        FilterMap there = new FilterMap();
        there.setFilterName(name);
        there.addURLPattern(pattern);
        context.addFilterMap(there);
    }

    @AfterEach
    void stop() throws Exception {
        tomcat.stop();
        tomcat.destroy();
        validator.close();
    }

    private HttpResponse<String> send(String method, String target, String... authorization) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + target))
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
        Tomcat bare = new Tomcat();
        bare.setBaseDir(folder.toString());
        bare.setPort(0);
        Context context = bare.addContext("", folder.toString());
        Exception[] thrown = new Exception[1];
        Tomcat.addServlet(context, "bare", new HttpServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) {
                thrown[0] = assertThrows(IllegalStateException.class, () -> JotgateServletFilter.verified(request));
            }
        });
        context.addServletMappingDecoded("/*", "bare");
        bare.getConnector();
        bare.start();
        try {
            HttpClient.newHttpClient().send(HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + bare.getConnector().getLocalPort() + "/")).build(),
                    HttpResponse.BodyHandlers.discarding());
        } finally {
            bare.stop();
            bare.destroy();
        }
        assertTrue(thrown[0].getMessage().contains("JotgateServletFilter"));
    }
}
