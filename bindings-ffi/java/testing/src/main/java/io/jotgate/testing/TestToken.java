package io.jotgate.testing;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a token is to be. What is not said is as the policy asks: its issuer, an audience, the scopes and the client that it
 * wants, ten minutes to live.
 */
public final class TestToken {
    private final Map<String, Object> said = new LinkedHashMap<>();
    private final Map<String, @Nullable Object> claims = new LinkedHashMap<>();
    private final Map<String, @Nullable Object> header = new LinkedHashMap<>();
    private final List<String> without = new ArrayList<>();
    private @Nullable String method;
    private @Nullable String path;

    TestToken() {}

    /** The claim {@code sub}. Default {@code test-user}. */
    public TestToken subject(String subject) {
        return say("subject", subject);
    }

    /** The claim {@code aud}. Default: the first audience of the policy. */
    public TestToken audience(String... audience) {
        return say("audience", List.of(audience));
    }

    /** In the claim where the policy looks for scopes. Default: what the issuer's entry asks for. */
    public TestToken scopes(String... scopes) {
        return say("scopes", List.of(scopes));
    }

    /** In the claim where the policy looks for the client. Default: the first that is allowed. */
    public TestToken client(String client) {
        return say("client", client);
    }

    /** Default ten minutes, or the policy's {@code max_lifetime} where that is less. */
    public TestToken lifetime(Duration lifetime) {
        return say("lifetime", lifetime.toMillis() / 1000.0);
    }

    /** A claim in place of what it would be: a text, a number, a boolean, a list, a map or {@code null}. */
    public TestToken claim(String name, @Nullable Object value) {
        claims.put(name, value);
        return say("claims", claims);
    }

    /** Takes claims out. */
    public TestToken without(String... names) {
        without.addAll(List.of(names));
        return say("without", without);
    }

    /** A parameter of the token's header in place of what it would be; {@code null} takes it out. */
    public TestToken header(String name, @Nullable Object value) {
        header.put(name, value);
        return say("header", header);
    }

    /** What signs it. Default: the issuer's first algorithm. */
    public TestToken algorithm(String algorithm) {
        return say("algorithm", algorithm);
    }

    /** Which of the issuer's keys signs it, one before a rotation included. Default: the newest. */
    public TestToken keyId(String kid) {
        return say("kid", kid);
    }

    /** When it is made. Default: now, by the issuer's clock. */
    public TestToken at(Instant now) {
        return say("now", now.toEpochMilli() / 1000.0);
    }

    /** The request that {@link JwtTestIssuer#bad} is to make bad, where the policy has routes; it says nothing of a token. */
    public TestToken in(String method, String path) {
        this.method = method;
        this.path = path;
        return this;
    }

    Map<String, Object> said() {
        return said;
    }

    /** Adds what is known of the request. */
    void sayRequest(Map<String, Object> arguments) {
        if (method != null) {
            arguments.put("method", method);
            arguments.put("path", path);
        }
    }

    private TestToken say(String name, Object value) {
        said.put(name, value);
        return this;
    }
}
