package io.jotgate;

import static io.jotgate.support.Issuer.payload;

import io.jotgate.support.Issuer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Calls every native method in good and in bad ways; runs in a virtual machine of its own with {@code -Xcheck:jni}. */
final class JniCheck {
    private JniCheck() {}

    public static void main(String[] arguments) {
        JwtValidatorBuilder options = JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE)
                .clock(Clock.fixed(Instant.ofEpochSecond(1_800_000_000), ZoneOffset.UTC));
        Issuer issuer = new Issuer("a");
        String token = issuer.es256(payload(1_800_000_060, "\"roles\":[\"a\",{\"b\":1}]", "\"n\\u0061me\":\"\\n\""));
        try (JwtValidator validator = options.jwksUri("https://idp.test/jwks").fetcher(request ->
                new FetchResponse(200, issuer.jwks().getBytes(StandardCharsets.UTF_8))).build()) {
            for (int i = 0; i < 1000; i++) {
                validator.validate(token).claim("roles");
                validator.validate(token).claims();
            }
            validator.validateMany(Collections.nCopies(200, token)).forEach(outcome -> outcome.orThrow().claims());
            refused(() -> validator.validateRequest(new JwtRequest("GET", "/", "", Map.of())));
            validator.forward(new JwtRequest("GET", "/", "", Map.of()), Optional.of(validator.validate(token)));
            validator.answerTo(new RuntimeException());
            validator.health();
            validator.importKeys(validator.exportKeys());
        }
        refused(() -> JwtValidator.fromPolicy("{}"));
        undecided(issuer, token);

        byte[] junk = {1, 2, 3};
        long[] handle = new long[1];
        Native.open(junk, 0, false, false, false, new long[0]);
        Native.open(null, 0, true, true, true, null);
        Native.open("{\"version\":1,\"issuers\":[{\"issuer\":\"x\",\"audience\":\"any\",\"keys\":{\"jwks_uri\":\"https://x\"}}]}"
                .getBytes(StandardCharsets.UTF_8), 0, true, false, true, handle);
        Native.validate(handle[0], null, null, 0, 0);
        Native.validate(handle[0], junk, junk, 0, 0);
        Native.validate(handle[0], null, junk, 0, 0);
        Native.validateMany(handle[0], null, 0, 0, 0);
        Native.validateMany(handle[0], junk, -1, 0, 0);
        Native.validateMany(handle[0], new byte[0], 2, 0, 0);
        Native.validateMany(handle[0], new byte[1024], Integer.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE);
        Native.forward(handle[0], junk, junk);
        Native.forward(handle[0], null, null);
        Native.refreshKeys(handle[0]);
        Native.pollWork(handle[0], Long.MAX_VALUE);
        Native.pollEvent(handle[0]);
        Native.explain(handle[0], junk, null, 0, 0);
        Native.explain(handle[0], null, null, 0, 0);
        Native.explain(handle[0], null, junk, 0, 0);
        Native.policyJson(junk, 1);
        Native.policyJson(null, 9);
        Native.lint(junk);
        Native.lint(null);
        Native.schema();
        Native.importPolicy(junk);
        Native.importPolicy(null);
        Native.products();
        Native.reportFetched(handle[0], 1, 99999, junk, null, 0);
        Native.reportFetched(handle[0], 1, 200, junk, junk, 0);
        Native.reportFailed(handle[0], 1, 99, junk, 0);
        Native.reportFailed(handle[0], 1, 1, new byte[] {-1}, 0);
        Native.reportFailed(handle[0], 1, -1, null, 0);
        Native.pollWarning(handle[0]);
        Native.reportLoaded(handle[0], 1, junk, 0);
        Native.reportLoaded(handle[0], 1, new byte[] {-1}, 0);
        Native.reportLoaded(handle[0], 1, null, 0);
        Native.reportSaved(handle[0], -1, 0);
        Native.reads(handle[0]);
        Native.forwards(handle[0]);
        Native.answer(handle[0], 0, -1, -1, -1, false, 0, 0);
        Native.answer(handle[0], 0, 9001, 7, 7, true, Long.MIN_VALUE, Long.MAX_VALUE);
        required(handle[0], junk);
        Native.health(handle[0], Long.MIN_VALUE);
        Native.exportKeys(handle[0]);
        Native.importKeys(handle[0], new byte[] {-1}, 0);
        Native.importKeys(handle[0], null, 0);
        Native.close(handle[0]);
        long none = 0;
        Native.validate(none, junk, null, 0, 0);
        Native.validateMany(none, junk, 1, 0, 0);
        Native.undecidedTexts(none);
        Native.answerQuestion(none, 1);
        Native.giveUp(none);
        Native.forward(none, junk, null);
        Native.refreshKeys(none);
        Native.pollWork(none, 0);
        Native.pollEvent(none);
        Native.explain(none, junk, null, 0, 0);
        Native.reportFetched(none, 1, 200, junk, junk, 0);
        Native.reportFailed(none, 1, 1, junk, 0);
        Native.pollWarning(none);
        Native.reportLoaded(none, 1, junk, 0);
        Native.reportSaved(none, 1, 0);
        Native.reads(none);
        Native.forwards(none);
        required(none, junk);
        Native.closeRequirement(none);
        Native.health(none, 0);
        Native.exportKeys(none);
        Native.importKeys(none, junk, 0);
        Native.close(none);
        Native.values(junk);
        Native.values(null);
        System.out.println("done");
    }

    private static void required(long validator, byte[] junk) {
        long[] requirement = new long[1];
        Native.openRequirement(junk, requirement);
        Native.openRequirement(null, requirement);
        Native.openRequirement(junk, null);
        byte[] document = "{\"scopes\":{\"all\":[\"a\"]}}".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        Native.openRequirement(document, new long[0]);
        Native.openRequirement(document, requirement);
        for (byte[] bytes : new byte[][] {null, junk, document, {-1}, {}}) {
            Native.require(validator, requirement[0], bytes, bytes, bytes, -1, -1, 0);
            Native.require(validator, requirement[0], document, document, bytes, Long.MAX_VALUE, 0, Long.MIN_VALUE);
            Native.require(validator, 0, bytes, bytes, null, Long.MIN_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE);
            Native.scopes(bytes, bytes);
            Native.told(bytes, 3);
            Native.told(bytes, -1);
            Native.scopes(document, bytes);
        }
        Native.answer(validator, requirement[0], 8002, 0, -1, false, 0, 0);
        Native.closeRequirement(requirement[0]);
    }

    /** Tokens that are answered, given up, and forgotten. */
    private static void undecided(Issuer issuer, String token) {
        Core core = Core.open("""
                {"version": 1, "issuers": [{"issuer": "%s", "audience": "any", "keys": {"jwks": %s}}]}
                """.formatted(Issuer.NAME, issuer.jwks()), false, true, false);
        for (int answer = -1; answer < 5; answer++) {
            Undecided undecided = core.validate(Question.of(token, null), 1_800_000_000_000L).undecided();
            undecided.jwt().claims();
            undecided.answer(answer);
            undecided.close();
            refused(undecided::jwt);
            refused(() -> undecided.answer(Numbers.Answer.NO));
        }
        for (int i = 0; i < 100; i++) {
            core.validate(Question.of(token, null), 1_800_000_000_000L).dismiss();
            core.validate(Question.of(token, null), 1_800_000_000_000L);
        }
        List<Verdict> many = core.validateMany(Collections.nCopies(200, token), 1_800_000_000_000L, 1_800_000_000_000L);
        for (int i = 0; i < 100; i++) {
            many.get(i).undecided().answer(Numbers.Answer.NO);
            many.get(100 + i / 2).dismiss();
        }
        System.gc();
        core.close();
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
