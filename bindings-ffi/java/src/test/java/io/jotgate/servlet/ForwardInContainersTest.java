package io.jotgate.servlet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jotgate.JwtValidator;
import io.jotgate.support.Issuer;
import io.jotgate.support.ServletContainer;
import io.jotgate.support.TestClock;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
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
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What servlets in real containers see of their request behind the filter of a policy with {@code forward}. */
@ParameterizedClass
@EnumSource(ServletContainer.class)
class ForwardInContainersTest {
    private static final long NOW = 1_800_000_000;
    private static final String TOKEN = Issuer.hs256(Issuer.payload(NOW + 60, "\"sub\":\"alice\"", "\"level\":7"));
    private static final Gson GSON = new GsonBuilder().serializeNulls().create();

    private static final String ALICE = """
            { "headers": { "x-user": ["alice"], "x-level": ["7"], "x-other": ["kept"] },
              "user": "alice", "users": ["alice"],
              "level": 7, "cookies": null, "query": "a=1", "parameters": { "a": ["1"] }, "names": ["a"], "token": null,
              "tokens": null, "remote": "alice", "by": "REQUEST" }""";

    /** Tells all forms in which a request can be read. */
    private static final class Seen extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            Map<String, Object> seen = new LinkedHashMap<>();
            Map<String, Object> headers = new TreeMap<>();
            for (String name : Collections.list(request.getHeaderNames())) {
                headers.put(name.toLowerCase(), Collections.list(request.getHeaders(name)));
            }
            headers.keySet().retainAll(Set.of("x-user", "x_user", "x-level", "authorization", "cookie", "x-other"));
            seen.put("headers", headers);
            seen.put("user", request.getHeader("x-USER"));
            seen.put("users", Collections.list(request.getHeaders("x-user")));
            seen.put("level", request.getIntHeader("X-Level"));
            seen.put("date", date(request));
            seen.put("cookies", request.getCookies() == null ? null
                    : Arrays.stream(request.getCookies())
                            .map(cookie -> cookie.getName() + "=" + cookie.getValue()).toList());
            seen.put("query", request.getQueryString());
            seen.put("parameters", new TreeMap<>(request.getParameterMap()));
            seen.put("names", new TreeSet<>(Collections.list(request.getParameterNames())));
            seen.put("token", request.getParameter("access_token"));
            seen.put("tokens", request.getParameterValues("access_token"));
            seen.put("remote", request.getRemoteUser());
            seen.put("by", request.getDispatcherType());
            response.setContentType("application/json");
            response.getWriter().print(GSON.toJson(seen));
        }
    }

    private static Object date(HttpServletRequest request) {
        try {
            return request.getDateHeader("X-User");
        } catch (IllegalArgumentException noDate) {
            return "none";
        }
    }

    /** Sends a request on to {@link Seen} in the ways that the container has. */
    private static final class Dispatching extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws IOException, ServletException {
            switch (request.getServletPath()) {
                case "/forward" -> request.getRequestDispatcher("/seen").forward(request, response);
                case "/other-query" -> request.getRequestDispatcher("/seen?b=2").forward(request, response);
                case "/async" -> request.startAsync().dispatch("/seen");
                default -> response.sendError(ServletContainer.ERROR);
            }
        }
    }

    @TempDir
    Path folder;

    private final ServletContainer container;
    private ServletContainer.Running running;
    private JwtValidator validator;

    ForwardInContainersTest(ServletContainer container) {
        this.container = container;
    }

    @BeforeEach
    void start() throws Exception {
        validator = JwtValidator.builder().policy(Issuer.policyWithForward())
                .clock(new TestClock(Instant.ofEpochSecond(NOW))).build();
        running = container.start(folder, context -> {
            add(context.addServlet("seen", new Seen()), "/*");
            add(context.addServlet("dispatching", new Dispatching()), "/forward", "/other-query", "/async", "/error", "/open");
            FilterRegistration.Dynamic filter = context.addFilter("jotgate", new JotgateServletFilter(validator));
            filter.setAsyncSupported(true);
            filter.addMappingForUrlPatterns(EnumSet.allOf(DispatcherType.class), false, "/*");
        });
    }

    private static void add(ServletRegistration.Dynamic servlet, String... paths) {
        servlet.setAsyncSupported(true);
        servlet.addMapping(paths);
    }

    @AfterEach
    void stop() throws Exception {
        running.close();
        validator.close();
    }

    private JsonObject seen(String target, String form, String... fields) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + running.port() + target))
                .headers("X-User", "root", "X-User", "root", "x_user", "root", "X-Other", "kept");
        if (fields.length > 0) {
            request.headers(fields);
        }
        if (form != null) {
            request.header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(form));
        }
        return JsonParser.parseString(HttpClient.newHttpClient().send(request.build(),
                HttpResponse.BodyHandlers.ofString()).body()).getAsJsonObject();
    }

    private static void assertMembers(String wanted, JsonObject seen) {
        JsonObject expected = JsonParser.parseString(wanted).getAsJsonObject();
        for (Map.Entry<String, JsonElement> member : expected.entrySet()) {
            assertEquals(member.getValue(), seen.get(member.getKey()), member.getKey() + " of " + seen);
        }
    }

    @Test
    void aTokenInTheHeaderIsTakenOut() throws Exception {
        assertMembers(ALICE, seen("/orders?a=1", null, "Authorization", "Bearer " + TOKEN, "X-Level", "9"));
    }

    @Test
    void aTokenInTheQueryIsTakenOut() throws Exception {
        assertMembers(ALICE, seen("/orders?a=1&access_token=" + TOKEN, null));
        assertMembers(ALICE, seen("/orders?access%5ftoken=" + TOKEN + "&a=1&access_token=" + TOKEN, null));
        assertMembers("{ \"query\": null, \"parameters\": {} }", seen("/orders?access_token=" + TOKEN, null));
    }

    @Test
    void whatABodySentUnderTheNameStays() throws Exception {
        assertMembers("""
                { "query": "a=1", "parameters": { "a": ["1", "2"], "access_token": ["of the form"] },
                  "names": ["a", "access_token"], "token": "of the form", "tokens": ["of the form"],
                  "user": "alice" }""",
                seen("/orders?a=1&access_token=" + TOKEN, "a=2&access_token=of+the+form"));
    }

    @Test
    void aTokenInACookieIsTakenOut() throws Exception {
        assertMembers("""
                { "headers": { "x-user": ["alice"], "x-level": ["7"], "x-other": ["kept"], "cookie": ["theme=dark"] },
                  "cookies": ["theme=dark"], "query": "a=1" }""",
                seen("/orders?a=1", null, "Cookie", "theme=dark; session=" + TOKEN));
        assertMembers(ALICE, seen("/orders?a=1", null, "Cookie", "session=" + TOKEN));
    }

    @Test
    void aSkippedRequestKeepsNothingThatClaimsCouldSet() throws Exception {
        assertMembers("""
                { "headers": { "x-other": ["kept"] }, "user": null, "users": [], "level": -1, "query": "a=1",
                  "parameters": { "a": ["1"] }, "remote": null, "by": "ERROR" }""",
                seen("/open?a=1&access_token=x", null, "Authorization", "Bearer x", "X-Level", "9"));
    }

    @Test
    void aRequestThatIsDispatchedAgainStaysAsItGoesOn() throws Exception {
        for (String path : new String[] {"forward", "async", "error"}) {
            JsonObject seen = seen("/" + path + "?a=1&access_token=" + TOKEN, null, "Cookie", "session=" + TOKEN);
            assertEquals(path.toUpperCase(), seen.remove("by").getAsString());
            assertMembers(ALICE.replace(", \"by\": \"REQUEST\"", ""), seen);
        }
        assertMembers("""
                { "query": "b=2", "parameters": { "a": ["1"], "b": ["2"] }, "token": null, "user": "alice" }""",
                seen("/other-query?a=1&access_token=" + TOKEN, null, "Cookie", "session=" + TOKEN));
    }

    @Test
    void aClaimMayBeADate() throws Exception {
        String token = Issuer.hs256(Issuer.payload(NOW + 60, "\"sub\":\"Tue, 15 Nov 1994 08:12:31 GMT\""));
        assertMembers("{ \"date\": 784887151000 }", seen("/orders", null, "Authorization", "Bearer " + token));
        assertMembers("{ \"date\": \"none\" }", seen("/orders", null, "Authorization", "Bearer " + TOKEN));
        assertMembers("{ \"date\": -1 }", seen("/open", null));
    }
}
