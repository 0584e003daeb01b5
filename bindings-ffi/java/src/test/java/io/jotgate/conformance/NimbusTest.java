package io.jotgate.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.Ed25519Verifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.SignedJWT;
import io.jotgate.support.PublicKeys;
import io.jotgate.support.Vectors;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Nimbus, a library that shares nothing with ours, must verify every accepted case, or the vectors name the
 * disagreement and its reason.
 */
class NimbusTest {
    private static final List<String> CERTIFICATES = List.of("x5c", "x5t", "x5t#S256", "x5u");

    private static final Pattern COMPACT = Pattern.compile("[\\w-]+\\.[\\w-]+\\.[\\w-]*");

    private interface KeyOf {
        JWSVerifier verifier() throws Exception;
    }

    @Test
    void nimbusAgreesWithEveryAcceptedCaseButTheNamedOnes() {
        Set<String> disagreeing = new TreeSet<>();
        int checked = 0;
        for (JsonObject testCase : Vectors.cases()) {
            boolean accepted = testCase.getAsJsonObject("expect").get("verdict").getAsString().equals("accepted");
            if (accepted && !token(testCase).endsWith(".")) {
                checked++;
                if (!agrees(testCase)) {
                    disagreeing.add(testCase.get("id").getAsString());
                }
            }
        }
        assertFalse(checked == 0);
        assertEquals(new TreeSet<>(Vectors.disagreements("nimbus").keySet()), disagreeing);
    }

    private static boolean agrees(JsonObject testCase) {
        for (KeyOf key : keys(testCase)) {
            try {
                SignedJWT jwt = SignedJWT.parse(token(testCase));
                if (jwt.verify(key.verifier())) {
                    jwt.getJWTClaimsSet();
                    return mapsClaims(testCase) || Vectors.same(jwt.getPayload().toJSONObject(), testCase.getAsJsonObject("expect").get("claims"));
                }
            } catch (Exception refusal) {
                // Whatever a token or a key makes the library throw: with this key it does not agree.
                continue;
            }
        }
        return false;
    }

    /** Whether the policy shows claims otherwise, which Nimbus does not: then the signature alone is compared. */
    private static boolean mapsClaims(JsonObject testCase) {
        for (JsonElement element : testCase.getAsJsonObject("policy").getAsJsonArray("issuers")) {
            JsonObject issuer = element.getAsJsonObject();
            if (Stream.of("default_claim_mapping", "claim_mapping", "numeric_ids").anyMatch(issuer::has)) {
                return true;
            }
        }
        return false;
    }

    /** The token of an accepted case, wherever its request carries it. */
    private static String token(JsonObject testCase) {
        if (testCase.has("token")) {
            return testCase.get("token").getAsString();
        }
        JsonObject request = testCase.getAsJsonObject("request");
        return Stream.of("headers", "query", "cookies")
                .flatMap(member -> Vectors.fields(request, member).stream())
                .flatMap(field -> field.getValue().stream())
                // A scheme may stand before it, white space and quotes around it.
                .map(value -> value.replaceAll("^[ \\t\"]+|[ \\t\"]+$", ""))
                .map(value -> value.substring(value.lastIndexOf(' ') + 1))
                .filter(word -> COMPACT.matcher(word).matches())
                .findFirst().orElseThrow();
    }

    /** Every key that the case's policy and answers hold; made late, since making one may fail. */
    private static List<KeyOf> keys(JsonObject testCase) {
        List<KeyOf> found = new ArrayList<>();
        for (JsonElement issuer : testCase.getAsJsonObject("policy").getAsJsonArray("issuers")) {
            JsonObject keys = issuer.getAsJsonObject().getAsJsonObject("keys");
            if (keys == null) {
                continue; // discovery, whose answers are those below
            }
            if (keys.has("jwks")) {
                addSet(keys.get("jwks"), found);
            }
            if (keys.has("pem")) {
                PublicKeys.fromText(keys.get("pem").getAsString()).forEach(key -> found.add(() -> verifier(key)));
            }
            if (keys.has("trust_store")) {
                // Nimbus reads no such stores; what is asked of it is the signature, by the keys that went into them.
                Vectors.keySets().forEach(set -> addSet(set, found));
            }
            if (keys.has("secret")) {
                found.add(() -> new MACVerifier(secret(keys.getAsJsonObject("secret"))));
            }
        }
        if (testCase.has("responses")) {
            testCase.getAsJsonObject("responses").asMap().values().forEach(response ->
                    addSet(JsonParser.parseString(response.getAsJsonObject().get("body").getAsString()), found));
        }
        return found;
    }

    /** What is no key set, such as a discovery document, and what is no key in one, add nothing. */
    private static void addSet(JsonElement document, List<KeyOf> found) {
        if (document instanceof JsonObject set && set.get("keys") instanceof JsonArray keys) {
            for (JsonElement element : keys) {
                // Nimbus refuses a key whose certificates it cannot match; what is asked of it here is the signature.
                if (element.deepCopy() instanceof JsonObject key) {
                    CERTIFICATES.forEach(key::remove);
                    found.add(() -> verifier(JWK.parse(key.toString())));
                }
            }
        }
    }

    private static JWSVerifier verifier(JWK key) throws Exception {
        return switch (key.getKeyType().getValue()) {
            case "RSA" -> new RSASSAVerifier(key.toRSAKey());
            case "EC" -> new ECDSAVerifier(key.toECKey());
            case "OKP" -> new Ed25519Verifier(((OctetKeyPair) key).toPublicJWK());
            default -> new MACVerifier(key.toOctetSequenceKey());
        };
    }

    private static JWSVerifier verifier(PublicKey key) throws Exception {
        if (key instanceof RSAPublicKey rsa) {
            return new RSASSAVerifier(rsa);
        } else if (key instanceof ECPublicKey ec) {
            return new ECDSAVerifier(ec);
        }
        byte[] encoded = key.getEncoded();
        byte[] point = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        return new Ed25519Verifier(new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(point)).build());
    }

    private static byte[] secret(JsonObject secret) {
        if (secret.has("hex")) {
            return HexFormat.of().parseHex(secret.get("hex").getAsString());
        }
        return secret.has("text") ? secret.get("text").getAsString().getBytes(StandardCharsets.UTF_8)
                : Base64.getUrlDecoder().decode(secret.get("base64url").getAsString());
    }
}
