package io.jotgate.testing;

import io.jotgate.Code;
import io.jotgate.FetchRequest;
import io.jotgate.FetchResponse;
import io.jotgate.Fetcher;
import io.jotgate.JwtRequest;
import io.jotgate.JwtValidator;
import io.jotgate.JwtValidatorBuilder;
import io.jotgate.Policies;
import io.jotgate.PolicyDocument;
import io.jotgate.TestIssuer;
import io.jotgate.VerifiedJwt;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * An issuer for tests: it mints tokens, publishes keys, changes them, and breaks. It needs no socket.
 *
 * <pre>{@code
 * JwtTestIssuer issuer = JwtTestIssuer.ofPolicy(Path.of("policy.yaml")); // the policy that the application ships
 * JwtValidator validator = issuer.validator();             // the same policy, with this issuer's keys in place of its own
 * String token = issuer.token(it -> it.subject("alice"));  // good under it
 * Bad bad = issuer.bad(Code.EXPIRED);                      // refused with this code and no other
 * }</pre>
 *
 * <p>Any number of threads may use it. Its keys are made with it, and gone with it: RSA takes a tenth of a second, so make one
 * issuer for many tests, or let it sign with ES256. What cannot be done is an {@link IllegalArgumentException} that says why.
 * Closing is optional: what nobody reaches any more is freed.
 */
public final class JwtTestIssuer implements Fetcher, AutoCloseable {
    private static final Consumer<TestToken> NOTHING_SAID = token -> {};

    private final TestIssuer issuer;
    private final Clock clock;
    private volatile boolean changed;

    private JwtTestIssuer(TestIssuer issuer, Clock clock) {
        this.issuer = issuer;
        this.clock = clock;
    }

    /** The first issuer of the application's policy, which is JSON text. */
    public static JwtTestIssuer ofPolicy(String json) {
        return builder().policy(json).build();
    }

    /**
     * The same of a file: {@code .json}, {@code .yaml}, {@code .yml} or {@code .toml}.
     *
     * @throws IOException the file cannot be read
     */
    public static JwtTestIssuer ofPolicy(Path file) throws IOException {
        return builder().policy(file).build();
    }

    /** Starts one with options. Without a policy it has one of its own. */
    public static Builder builder() {
        return new Builder();
    }

    /** What an issuer is to be. With a policy everything else has a default. */
    public static final class Builder {
        private final Map<String, Object> options = new LinkedHashMap<>();
        private final Map<String, Object> claims = new LinkedHashMap<>();
        private Clock clock = Clock.systemUTC();

        private Builder() {}

        /** The application's own policy as JSON text. Default: one of the issuer's own, of its name and audience. */
        public Builder policy(String json) {
            return set("policy", json);
        }

        /** The application's own policy. */
        public Builder policy(PolicyDocument document) {
            return set("policy", TestIssuer.text(document));
        }

        /**
         * The application's own policy in a file: {@code .json}, {@code .yaml}, {@code .yml} or {@code .toml}.
         *
         * @throws IOException the file cannot be read
         */
        public Builder policy(Path file) throws IOException {
            return set("policy", Policies.policyJson(file));
        }

        /** Which of the policy's issuers it is. Default: the first; without a policy {@code https://issuer.test/}. */
        public Builder issuer(String name) {
            return set("issuer", name);
        }

        /** The audience of its own policy. Default {@code test-api}. */
        public Builder audience(String... audience) {
            return set("audience", List.of(audience));
        }

        /** What its tokens are signed with. Default: the first that the policy lists, or else RS256. */
        public Builder algorithm(String algorithm) {
            return set("algorithm", algorithm);
        }

        /** The id of its first key. Default {@code test-1}. */
        public Builder keyId(String kid) {
            return set("kid", kid);
        }

        /** A claim that all its tokens have: what a regular expression or a condition of the policy asks for. */
        public Builder claim(String name, Object value) {
            claims.put(name, value);
            return set("claims", claims);
        }

        /** Its clock, and that of its validators. Default: the system's. */
        public Builder clock(Clock clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /**
         * Makes it.
         *
         * @throws IllegalArgumentException there can be no such issuer, and the text says why
         */
        public JwtTestIssuer build() {
            return new JwtTestIssuer(new TestIssuer(options), clock);
        }

        private Builder set(String name, Object value) {
            options.put(name, Objects.requireNonNull(value, name));
            return this;
        }
    }

    /** The {@code iss} of its tokens. */
    public String name() {
        return text("name", Map.of());
    }

    /** The application's policy with the keys of now in place of its own, and everything else as it stands there. */
    public String policy() {
        return text("policy", Map.of());
    }

    /** The same for another document: one that has another issuer's keys already, where a test has several. */
    public String policyFor(String json) {
        return text("policy_for", Map.of("policy", json));
    }

    /** The application's policy with {@code BASE/jwks} in place of its keys. */
    public String policyFetching(String base) {
        return text("policy_fetching", Map.of("base", base));
    }

    /** The key set, as it should be. */
    public String jwks() {
        return text("jwks", Map.of());
    }

    /** A validator of {@link #policy()}, by this issuer's clock. */
    public JwtValidator validator() {
        return validator(builder -> {});
    }

    /** The same with options of its own. */
    public JwtValidator validator(Consumer<JwtValidatorBuilder> options) {
        JwtValidatorBuilder builder = JwtValidator.builder().policy(policy()).clock(clock);
        options.accept(builder);
        return builder.build();
    }

    /** A token that is good under the policy. */
    public String token() {
        return token(NOTHING_SAID);
    }

    /** A token that is good under the policy, but for what is said. */
    public String token(Consumer<TestToken> said) {
        return text("token", said(said).said());
    }

    /** The value of a header field {@code Authorization} with such a token. */
    public String bearer(Consumer<TestToken> said) {
        return "Bearer " + token(said);
    }

    /** The same with a token of which nothing is said. */
    public String bearer() {
        return bearer(NOTHING_SAID);
    }

    /** A request with such a token, for a validator. */
    public JwtRequest request(String method, String path, Consumer<TestToken> said) {
        return new JwtRequest(method, path, "", Map.of("Authorization", List.of(bearer(said))));
    }

    /** The same with a token of which nothing is said. */
    public JwtRequest request(String method, String path) {
        return request(method, path, NOTHING_SAID);
    }

    /** What a unit test wants of a token that was accepted; see {@link #verified(Consumer)}. */
    public VerifiedJwt verified() {
        return verified(NOTHING_SAID);
    }

    /**
     * What a unit test of what is behind the validation wants: minted here, and validated by the core. There is no other way
     * to one. The {@code require} of every validator takes it.
     *
     * @throws io.jotgate.InvalidTokenException the token is not good
     */
    public VerifiedJwt verified(Consumer<TestToken> said) {
        TestToken token = said(said);
        Instant now = Instant.ofEpochMilli(Math.round((Double) Objects.requireNonNull(token.said().get("now")) * 1000));
        try (JwtValidator validator = validator(builder -> builder.clientLookup((client, jwt) -> true))) {
            return TestIssuer.ofAnyValidator(validator.validateAsOf(text("token", token.said()), now));
        }
    }

    /** What the policy refuses with this code; see {@link #bad(Code, Consumer)}. */
    public Bad bad(Code code) {
        return bad(code, NOTHING_SAID);
    }

    /**
     * What the policy refuses with this code: the core has been asked before it is handed out. The token has more in it where
     * that is said, and the request is that of {@link TestToken#in}.
     *
     * @throws IllegalArgumentException the policy does not know the code, and the text says what it lacks; or no token gives
     *     the code. {@link Recipe#all()} is the table
     */
    public Bad bad(Code code, Consumer<TestToken> said) {
        TestToken token = said(said);
        Map<String, Object> arguments = new LinkedHashMap<>(Map.of("code", code.toString(), "token", token.said()));
        token.sayRequest(arguments);
        return Bad.of(code, (Map<?, ?>) issuer.call("bad", arguments));
    }

    /** Signs with a new key from now on, and gives its id. The old one stays in the key set. */
    public String rotate() {
        return rotate(true);
    }

    /**
     * Signs with a new key from now on, and gives its id. Without {@code overlap} the old one leaves the key set.
     *
     * <p>A {@link #policy()} and a {@link #validator()} that were made before have the old key; those that fetch see the new
     * one.
     */
    public String rotate(boolean overlap) {
        changed = true;
        return text("rotate", Map.of("overlap", overlap));
    }

    /** The same with an id for the new key. */
    public String rotate(boolean overlap, String kid) {
        changed = true;
        return text("rotate", Map.of("overlap", overlap, "kid", kid));
    }

    /** Takes the keys that do not sign any more out of the key set: the end of an overlap. */
    public void retireKeys() {
        issuer.call("retire_keys", Map.of());
    }

    /** Breaks what is fetched, until {@link #mend()}. */
    public void breakKeys(Fault fault) {
        issuer.call("break_keys", Map.of("fault", fault.text()));
    }

    /** Answers as it should again. */
    public void mend() {
        issuer.call("mend", Map.of());
    }

    /**
     * Does the fetches of a validator: with {@code JwtValidator.builder().fetcher(issuer)}, one of the policy as it ships needs
     * no network.
     */
    @Override
    public FetchResponse fetch(FetchRequest request) throws IOException {
        Served served = served(request.url());
        if (served.isSlow()) {
            throw new HttpTimeoutException("the issuer of the test does not answer in time");
        }
        if (served.status() == 0) {
            throw new ConnectException("the issuer of the test is unreachable");
        }
        return new FetchResponse(served.status(), Map.of("content-type", List.of(served.contentType())), served.body());
    }

    /**
     * Begins a server on the loopback interface that publishes the keys, for a test that wants sockets.
     *
     * @throws IOException there is no port
     */
    public TestServer serve() throws IOException {
        return new TestServer(this);
    }

    /** Forgets the keys. */
    @Override
    public void close() {
        issuer.close();
    }

    /** Whether the keys are others than those that it was made with. */
    boolean hasChanged() {
        return changed;
    }

    /** What a GET is answered. */
    @SuppressWarnings("NullAway") // what the kit tells has all members
    Served served(String url) {
        Map<?, ?> answer = (Map<?, ?>) issuer.call("serve", Map.of("url", url));
        Object status = answer.get("status");
        return new Served(status == null ? 0 : Math.toIntExact((Long) status), (String) answer.get("content_type"),
                ((String) answer.get("body")).getBytes(StandardCharsets.UTF_8), Fault.SLOW.text().equals(answer.get("fault")));
    }

    /** {@code status} is 0 where no answer comes. */
    record Served(int status, String contentType, byte[] body, boolean isSlow) {}

    private TestToken said(Consumer<TestToken> said) {
        TestToken token = new TestToken();
        said.accept(token);
        if (!token.said().containsKey("now")) {
            token.at(clock.instant());
        }
        return token;
    }

    private String text(String word, Map<String, ?> arguments) {
        return (String) issuer.call(word, arguments);
    }
}
