package io.jotgate;

import static io.jotgate.support.Issuer.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.jotgate.support.Issuer;
import io.jotgate.support.TestClock;
import io.jotgate.support.Vectors;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Claims, one by one and all at once, from the table that the core has made. */
class MembersTest {
    private static final long NOW = 1_800_000_000;
    private static final Clock CLOCK = new TestClock(Instant.ofEpochSecond(NOW));
    private static final String POLICY = """
            {"version": 1, "issuers": [{"issuer": "%s", "audience": "any", "required_claims": [], "keys": {"secret": {"text": "%s"}}}]}
            """.formatted(Issuer.NAME, new String(Issuer.SECRET, StandardCharsets.US_ASCII));
    private static final JwtValidator VALIDATOR = JwtValidator.builder().policy(POLICY).clock(CLOCK).build();

    private static VerifiedJwt accepted(String payload) {
        return VALIDATOR.validate(Issuer.hs256(payload));
    }

    private static VerifiedJwt withMembers(String... members) {
        return accepted(payload(NOW + 60, members));
    }

    /** What the native library's reader makes of all of the payload. */
    private static Object readAtOnce(VerifiedJwt jwt) {
        return Flat.read(Native.values(jwt.payload()));
    }

    @Test
    void everyKindOfValueIsRead() {
        Map<String, Object> expected = new LinkedHashMap<>();
        expected.put("text", "Zoë 😀");
        expected.put("empty", "");
        expected.put("escaped", "a\"b\\\n😀");
        expected.put("yes", true);
        expected.put("no", false);
        expected.put("nothing", null);
        expected.put("whole", -42L);
        expected.put("zero", 0L);
        expected.put("largest", Long.MAX_VALUE);
        expected.put("smallest", Long.MIN_VALUE);
        expected.put("larger", new BigInteger("9223372036854775808"));
        expected.put("digits18", 999_999_999_999_999_999L);
        expected.put("fraction", 1.5);
        expected.put("exponent", -2.5e3);
        expected.put("list", Arrays.asList(1L, "x", null, List.of()));
        expected.put("object", Map.of("a", List.of(true)));
        String json = """
                "text":"Zoë 😀","empty":"","escaped":"a\\"b\\\\\\n\\ud83d\\ude00","yes":true,"no" : false ,"nothing":null,
                "whole":-42,"zero":0,"largest":9223372036854775807,"smallest":-9223372036854775808,
                "larger":9223372036854775808,"digits18":999999999999999999,"fraction":1.5,"exponent":-2.5E3,
                "list":[1,"x",null, []],"object":{"a":[true]}""";
        VerifiedJwt jwt = withMembers(json);
        expected.forEach((name, value) -> assertEquals(value, jwt.claim(name), name));
        List<String> names = new ArrayList<>(List.of("iss", "aud", "exp"));
        names.addAll(expected.keySet());
        assertEquals(names, List.copyOf(jwt.claims().keySet()));
        expected.forEach((name, value) -> assertEquals(value, jwt.claims().get(name), name));
        assertEquals(readAtOnce(jwt), jwt.claims());
        assertThrows(UnsupportedOperationException.class, () -> jwt.claims().remove("text"));
    }

    @Test
    void namesAreFoundAsTheyRead() {
        VerifiedJwt jwt = withMembers("\"\":1", "\"Zo\\u00eb\":2", "\"Zoé\":3", "\"?\":4", "\"\\ud83d\\ude00\":5", "\"a\\\"b\":6",
                "\"sub\\u006aect\":7");
        Map<String, Object> expected = Map.of("", 1L, "Zoë", 2L, "Zoé", 3L, "?", 4L, "😀", 5L, "a\"b", 6L, "subject", 7L);
        expected.forEach((name, value) -> assertEquals(value, jwt.claim(name), name));
        for (String stranger : List.of("su", "sub", "subjec", "ISS", "is", "iss ", "Zoe", "Zo\\u00eb", "\ud83d", "\ude00", "\0")) {
            assertNull(jwt.claim(stranger), stranger);
            assertNull(withMembers("\"?\":4").claim(stranger), stranger);
        }
        assertNull(jwt.claim(null));
        assertNull(withMembers().claim(null));
    }

    /** In UTF-8, half of a surrogate pair would be a question mark. */
    @Test
    void halfACharacterIsNoName() {
        VerifiedJwt jwt = withMembers("\"?\":1", "\"a?\":2");
        assertNull(jwt.claim("\ud83d"));
        assertNull(jwt.claim("a\ude00"));
        assertEquals(1L, jwt.claim("?"));
    }

    @Test
    void listsAndObjectsAreReadOnce() {
        VerifiedJwt jwt = withMembers("\"roles\":[\"a\"]", "\"realm\":{\"roles\":[\"b\"]}", "\"name\":\"\\u0041\"");
        Object roles = jwt.claim("roles");
        assertSame(roles, jwt.claim("roles"));
        Object name = jwt.claim("name");
        assertSame(name, jwt.claims().get("name"));
        assertSame(roles, jwt.claims().get("roles"));
        assertSame(jwt.claims(), jwt.claims());
        assertSame(jwt.claims().get("realm"), jwt.claim("realm"));
        assertThrows(UnsupportedOperationException.class, () -> ((List<?>) roles).remove(0));
    }

    @Test
    void accessorsReadSingleClaims() {
        VerifiedJwt jwt = accepted("{\"iss\":\"" + Issuer.NAME + "\",\"aud\":[\"x\",\"\\u0079\"],\"\\u0073ub\":\"\\u0061lice\",\"exp\":"
                + NOW + ".25e0,\"jti\":\"\"}");
        assertEquals("alice", jwt.subject());
        assertEquals(List.of("x", "y"), jwt.audience());
        assertEquals(Instant.ofEpochSecond(NOW, 250_000_000), jwt.expiresAt());
        assertEquals("", jwt.tokenId());
        assertNull(jwt.issuedAt());
    }

    /** Claims under the names that a policy gives them are those of a payload of their own. */
    @Test
    void mappedClaimsAreFoundUnderTheirNewNames() {
        String policy = POLICY.replace("\"audience\"", "\"claim_mapping\": {\"user\": \"account\", \"groups\": \"roles\"}, \"audience\"");
        try (JwtValidator validator = JwtValidator.builder().policy(policy).clock(CLOCK).build()) {
            VerifiedJwt jwt = validator.validate(Issuer.hs256(payload(NOW + 60, "\"user\":\"alice\"", "\"groups\":[\"\\u0061\"]")));
            assertEquals("alice", jwt.claim("account"));
            assertEquals(List.of("a"), jwt.claim("roles"));
            assertNull(jwt.claim("user"));
            assertEquals(readAtOnce(jwt), jwt.claims());
        }
    }

    /** Whatever the core lets pass reads here as the native library reads it, and as another JSON library does. */
    @Test
    void mutatedPayloadsReadAlike() {
        Random random = new Random(9);
        String[] pieces = {"\"", "\\", "{", "}", "[", "]", ",", ":", "0", "1", "-", ".", "e", "\\u0061", "\\n", "é", "😀", " ", "null", "\"b\":2,"};
        String payload = "{\"iss\":\"" + Issuer.NAME + "\", \"a\":\"x\\ny\", \"b\\u0062\":[1,{\"c\":-1.5e3}], \"d\":{},\"e\":12345678901234567890,"
                + "\"f\":true, \"g\":null, \"h\":\"Zoë\"}";
        int passed = 0;
        for (int i = 0; i < 12_000; i++) {
            StringBuilder mutated = new StringBuilder(payload);
            for (int j = random.nextInt(3); j >= 0; j--) {
                int at = random.nextInt(mutated.length());
                if (random.nextBoolean()) {
                    mutated.insert(at, pieces[random.nextInt(pieces.length)]);
                } else {
                    mutated.deleteCharAt(at);
                }
            }
            VerifiedJwt jwt;
            try {
                jwt = accepted(mutated.toString());
            } catch (InvalidTokenException refused) {
                continue;
            }
            passed++;
            Map<?, ?> atOnce = (Map<?, ?>) readAtOnce(jwt);
            atOnce.forEach((name, value) -> assertEquals(value, jwt.claim((String) name)));
            assertEquals(atOnce, jwt.claims());
            assertEquals(List.copyOf(atOnce.keySet()), List.copyOf(jwt.claims().keySet()));
            assertTrue(Vectors.same(jwt.claims(), JsonParser.parseString(jwt.payloadJson())), jwt.payloadJson());
        }
        assertTrue(passed > 1000, "only " + passed);
    }

    /** What crosses for an accepted token. */
    private static byte[] record(String payload) {
        long[] handle = new long[1];
        assertNull(Native.open(POLICY.getBytes(StandardCharsets.UTF_8), 0, false, false, false, handle));
        try {
            return Native.validate(handle[0], Question.bytes(Issuer.hs256(payload)), null, NOW * 1000, NOW * 1000);
        } finally {
            Native.close(handle[0]);
        }
    }

    @Test
    void aRecordThatIsCutOffIsAnInternalError() {
        byte[] record = record(payload(NOW + 60, "\"sub\":\"alice\"", "\"roles\":[1]", "\"n\":2.5"));
        assertEquals("alice", Verdict.of(record).orThrow(null).subject());
        for (int length = 0; length < record.length; length++) {
            byte[] cut = Arrays.copyOf(record, length);
            assertThrows(InternalErrorException.class, () -> Verdict.of(cut).orThrow(null), "cut off at " + length);
        }
        byte[] longer = Arrays.copyOf(record, record.length + Numbers.Member.SIZE);
        assertThrows(InternalErrorException.class, () -> Verdict.of(longer).orThrow(null));

        byte[] refusal = record(payload(NOW - 60));
        assertThrows(TokenExpiredException.class, () -> Verdict.of(refusal).orThrow(null));
        for (int length = 0; length < refusal.length; length++) {
            byte[] cut = Arrays.copyOf(refusal, length);
            assertThrows(InternalErrorException.class, () -> Verdict.of(cut).orThrow(null), "cut off at " + length);
        }
    }

    @Test
    void aListOfRecordsThatIsCutOffIsAnInternalError() {
        byte[] record = record(payload(NOW + 60));
        ByteBuffer records = ByteBuffer.allocate(2 * (Integer.BYTES + record.length));
        records.putInt(record.length).put(record).putInt(record.length).put(record);
        assertEquals(Issuer.NAME, Verdict.listOf(records.array(), 2).get(1).orThrow(null).issuer());
        for (int length = 0; length < records.capacity(); length++) {
            byte[] cut = Arrays.copyOf(records.array(), length);
            assertThrows(InternalErrorException.class, () -> Verdict.listOf(cut, 2), "cut off at " + length);
        }
        records.putInt(0, -1);
        assertThrows(InternalErrorException.class, () -> Verdict.listOf(records.array(), 2));
        assertThrows(InternalErrorException.class, () -> Verdict.listOf(null, 2));
    }

    /** What stands in the table is checked before it is followed: nothing outside of the payload is read. */
    @Test
    void aDamagedTableIsAnInternalErrorOrNamesAPieceOfThePayload() {
        byte[] record = record(payload(NOW + 60, "\"t\":true", "\"roles\":[1]", "\"n\":2", "\"s\":\"\\n\"", "\"\\n\":null"));
        Map<String, Integer> outcomes = new HashMap<>();
        for (int at = 28; at < record.length; at++) {
            for (int change : new int[] {1, 0x40, 0x80, 0xff}) {
                byte[] damaged = record.clone();
                damaged[at] ^= (byte) change;
                for (String name : List.of("iss", "t", "roles", "n", "s", "\n", "absent", "")) {
                    outcomes.merge(outcome(damaged, name), 1, Integer::sum);
                }
                outcomes.merge(outcome(damaged, null), 1, Integer::sum);
            }
        }
        assertTrue(outcomes.keySet().containsAll(List.of("read", "refused")), outcomes.toString());
    }

    /** Any other exception than this one fails the test. */
    private static String outcome(byte[] record, String name) {
        try {
            VerifiedJwt jwt = Verdict.of(record).orThrow(null);
            Object read = name == null ? jwt.claims() : jwt.claim(name);
            return read == null ? "absent" : "read";
        } catch (InternalErrorException refused) {
            return "refused";
        }
    }
}
