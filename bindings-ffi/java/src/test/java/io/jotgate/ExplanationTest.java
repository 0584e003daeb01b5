package io.jotgate;

import static io.jotgate.support.Issuer.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.jotgate.support.Issuer;
import io.jotgate.support.TestClock;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExplanationTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final Issuer ISSUER = new Issuer("a");

    private static JwtValidator validator(Fetcher fetcher) {
        return JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE).jwksUri("https://idp.test/jwks")
                .clock(new TestClock(NOW)).fetcher(fetcher).build();
    }

    private static Explanation.Check check(Explanation explanation, String name) {
        return explanation.checks().stream().filter(check -> check.check().equals(name)).findFirst().orElseThrow();
    }

    @Test
    void anExplanationSaysWhatAValidationSays() {
        JwtValidator validator = validator(request -> new FetchResponse(200, ISSUER.jwks().getBytes()));
        Explanation good = validator.explain(ISSUER.es256(payload(NOW.getEpochSecond() + 60)));
        assertEquals("accepted", good.verdict());
        assertNull(good.code());
        assertTrue(good.verified());
        assertEquals(0, good.issuerIndex());
        assertEquals(-1, good.routeIndex());
        assertEquals("fresh", good.keySets().get(0).state());
        assertEquals(List.of("rsa-a", "ec-a"), good.keySets().get(0).keyIds());
        assertEquals(1, validator.health().sources().get(0).fetches());

        String expired = ISSUER.es256(payload(NOW.getEpochSecond() - 60, "\"sub\":\"alice\""));
        Explanation late = validator.explain(expired);
        assertEquals(Code.EXPIRED, late.code());
        assertEquals("exp", late.claim());
        Explanation.Check exp = check(late, "exp");
        assertEquals("failed", exp.outcome());
        assertEquals(Code.EXPIRED, exp.code());
        assertTrue(exp.verified() && exp.found() != null);
        assertTrue(late.text().startsWith("rejected: expired"), late.text());
        assertFalse(late.text().contains("\u001b"));
        assertTrue(late.colouredText().contains("\u001b"));
        assertEquals("expired", JsonParser.parseString(late.json()).getAsJsonObject().get("code").getAsString());
        assertEquals("Explanation[rejected expired]", late.toString());
        assertEquals("accepted", validator.explainAsOf(expired, NOW.minusSeconds(120)).verdict());

        Explanation forged = validator.explain(expired.substring(0, expired.length() - 8) + "AAAAAAAA");
        assertEquals(Code.INVALID_SIGNATURE, forged.code());
        assertFalse(forged.verified() || check(forged, "exp").verified());
    }

    @Test
    void aRequestIsExplainedFromItsRouteOn() {
        JwtValidator validator = JwtValidator.fromPolicy(
                Issuer.policyWithRoutes("{ \"path\": \"/health\", \"skip\": true }"));
        for (Map.Entry<String, String> expected : Map.of("/health", "skipped", "/orders", "rejected").entrySet()) {
            JwtRequest request = new JwtRequest("GET", expected.getKey(), "", Map.of());
            for (Explanation shown : List.of(
                    validator.explainRequest(request), validator.explainRequestAsOf(request, NOW))) {
                assertEquals(expected.getValue(), shown.verdict());
                assertEquals("route", shown.checks().get(0).check());
            }
        }
        validator.close();
        assertThrows(IllegalStateException.class, () -> validator.explain("x"));
    }

    @Test
    void withoutKeysItSaysSo() {
        Explanation shown = validator(request -> {
            throw new IOException("down");
        }).explain(ISSUER.es256(payload(NOW.getEpochSecond() + 60)));
        assertEquals("unavailable", shown.verdict());
        assertEquals("connection", shown.keySets().get(0).lastError());
        assertNull(shown.keySets().get(0).age());
    }
}
