package io.jotgate;

import static io.jotgate.support.Issuer.payload;

import io.jotgate.support.Issuer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;

/** Calls every native method in good and in bad ways; runs in a virtual machine of its own with {@code -Xcheck:jni}. */
final class JniCheck {
    private JniCheck() {}

    public static void main(String[] arguments) {
        JwtValidatorBuilder options = JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE)
                .clock(Clock.fixed(Instant.ofEpochSecond(1_800_000_000), ZoneOffset.UTC));
        Issuer issuer = new Issuer("a");
        String token = issuer.es256(payload(1_800_000_060));
        try (JwtValidator validator = options.jwksUri("https://idp.test/jwks").fetcher(request ->
                new FetchResponse(200, issuer.jwks().getBytes(StandardCharsets.UTF_8))).build()) {
            for (int i = 0; i < 1000; i++) {
                validator.validate(token).claims();
            }
            refused(() -> validator.validateRequest(new JwtRequest("GET", "/", "", Map.of())));
            validator.forward(new JwtRequest("GET", "/", "", Map.of()), Optional.of(validator.validate(token)));
            validator.answerTo(new RuntimeException());
            validator.health();
            validator.importKeys(validator.exportKeys());
        }
        refused(() -> JwtValidator.fromPolicy("{}"));

        byte[] junk = {1, 2, 3};
        long[] handle = new long[1];
        Native.open(junk, 0, false, new long[0]);
        Native.open(null, 0, true, null);
        Native.open("{\"version\":1,\"issuers\":[{\"issuer\":\"x\",\"audience\":\"any\",\"keys\":{\"jwks_uri\":\"https://x\"}}]}"
                .getBytes(StandardCharsets.UTF_8), 0, true, handle);
        Native.validate(handle[0], null, 0, 0);
        Native.validateRequest(handle[0], junk, 0, 0);
        Native.forward(handle[0], junk, junk);
        Native.forward(handle[0], null, null);
        Native.refreshKeys(handle[0]);
        Native.dueFetches(handle[0], Long.MAX_VALUE);
        Native.pollEvent(handle[0]);
        Native.explain(handle[0], junk, 0, 0);
        Native.explain(handle[0], null, 0, 0);
        Native.explainRequest(handle[0], junk, 0, 0);
        Native.policyJson(junk, 1);
        Native.policyJson(null, 9);
        Native.lint(junk);
        Native.lint(null);
        Native.schema();
        Native.importPolicy(junk);
        Native.importPolicy(null);
        Native.products();
        Native.completeFetch(handle[0], 1, 99999, junk, null, 0);
        Native.failFetch(handle[0], 1, 99, 0);
        Native.settleFetch(handle[0], 1, junk, 0);
        Native.settleFetch(handle[0], 1, new byte[] {-1}, 0);
        Native.settleFetch(handle[0], 1, null, 0);
        Native.exportDue(handle[0]);
        Native.forwards(handle[0]);
        Native.answer(handle[0], -1, -1, -1, -1);
        Native.answer(handle[0], 9001, 7, 7, 0);
        Native.health(handle[0], Long.MIN_VALUE);
        Native.exportKeys(handle[0]);
        Native.importKeys(handle[0], new byte[] {-1}, 0);
        Native.importKeys(handle[0], null, 0);
        Native.close(handle[0]);
        long none = 0;
        Native.validate(none, junk, 0, 0);
        Native.forward(none, junk, null);
        Native.refreshKeys(none);
        Native.dueFetches(none, 0);
        Native.pollEvent(none);
        Native.explain(none, junk, 0, 0);
        Native.failFetch(none, 1, 1, 0);
        Native.settleFetch(none, 1, junk, 0);
        Native.exportDue(none);
        Native.forwards(none);
        Native.health(none, 0);
        Native.exportKeys(none);
        Native.importKeys(none, junk, 0);
        Native.close(none);
        Native.values(junk);
        Native.values(null);
        System.out.println("done");
    }

    private static void refused(Runnable call) {
        try {
            call.run();
        } catch (JotgateException expected) {
            return;
        }
        throw new AssertionError("not refused");
    }
}
