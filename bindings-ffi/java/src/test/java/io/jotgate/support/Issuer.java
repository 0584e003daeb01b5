package io.jotgate.support;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** An issuer with keys of its own, which signs with what the JDK has. */
public final class Issuer {
    public static final String NAME = "https://idp.test/";
    public static final String AUDIENCE = "https://api.test";
    public static final byte[] SECRET = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

    private final KeyPair rsa;
    private final KeyPair ec;
    private final String suffix;

    /** The ids of its keys are {@code rsa-} and {@code ec-} with {@code suffix}. */
    public Issuer(String suffix) {
        this.suffix = suffix;
        try {
            KeyPairGenerator rsaKeys = KeyPairGenerator.getInstance("RSA");
            rsaKeys.initialize(2048);
            rsa = rsaKeys.generateKeyPair();
            KeyPairGenerator ecKeys = KeyPairGenerator.getInstance("EC");
            ecKeys.initialize(new ECGenParameterSpec("secp256r1"));
            ec = ecKeys.generateKeyPair();
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    public String jwks() {
        RSAPublicKey rsaKey = (RSAPublicKey) rsa.getPublic();
        ECPublicKey ecKey = (ECPublicKey) ec.getPublic();
        return """
                {"keys":[
                  {"kty":"RSA","kid":"rsa-%s","n":"%s","e":"%s"},
                  {"kty":"EC","crv":"P-256","kid":"ec-%s","x":"%s","y":"%s"}
                ]}""".formatted(
                suffix, base64url(unsigned(rsaKey.getModulus(), 256)), base64url(unsigned(rsaKey.getPublicExponent(), 3)),
                suffix, base64url(unsigned(ecKey.getW().getAffineX(), 32)), base64url(unsigned(ecKey.getW().getAffineY(), 32)));
    }

    public String pem() {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(rsa.getPublic().getEncoded());
        return "-----BEGIN PUBLIC KEY-----\n" + text + "\n-----END PUBLIC KEY-----\n";
    }

    public String rs256(String payload) {
        return signed("{\"alg\":\"RS256\",\"kid\":\"rsa-" + suffix + "\"}", payload, "SHA256withRSA", rsa);
    }

    public String es256(String payload) {
        return signed("{\"alg\":\"ES256\",\"kid\":\"ec-" + suffix + "\"}", payload, "SHA256withECDSAinP1363Format", ec);
    }

    public static String hs256(String payload) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
            String input = input("{\"alg\":\"HS256\"}", payload);
            return input + "." + base64url(mac.doFinal(input.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** A policy that takes this issuer's {@link #hs256} tokens and has the given entries as its routes. */
    public static String policyWithRoutes(String routes) {
        return """
                { "version": 1,
                  "issuers": [ { "issuer": "%s", "audience": "%s", "keys": { "secret": { "text": "%s" } } } ],
                  "routes": [ %s ],
                  "unmatched": "token" }
                """.formatted(NAME, AUDIENCE, new String(SECRET, StandardCharsets.US_ASCII), routes);
    }

    /**
     * A policy that takes this issuer's {@link #hs256} tokens from the bearer header, the parameter {@code access_token} and
     * the cookie {@code session}, takes them out, and hands the subject and the level on. {@code /open} needs no token.
     */
    public static String policyWithForward() {
        String policy = policyWithRoutes("{ \"path\": \"/open\", \"skip\": true }");
        return policy.substring(0, policy.lastIndexOf('}')) + """
                , "token": { "sources": [
                  { "header": "Authorization", "scheme": "Bearer" }, { "query": "access_token" }, { "cookie": "session" } ] },
                  "forward": { "claims_to_headers": { "sub": "X-User", "level": "X-Level" }, "strip_token": true } }
                """;
    }

    /** A payload of this issuer for {@link #AUDIENCE}, with more members. */
    public static String payload(long expiresAt, String... members) {
        return Stream.concat(Stream.of("\"iss\":\"" + NAME + "\"", "\"aud\":\"" + AUDIENCE + "\"", "\"exp\":" + expiresAt),
                Arrays.stream(members)).collect(Collectors.joining(",", "{", "}"));
    }

    private static String signed(String header, String payload, String algorithm, KeyPair keys) {
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(keys.getPrivate());
            String input = input(header, payload);
            signature.update(input.getBytes(StandardCharsets.US_ASCII));
            return input + "." + base64url(signature.sign());
        } catch (GeneralSecurityException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static String input(String header, String payload) {
        return base64url(header.getBytes(StandardCharsets.UTF_8)) + "."
                + base64url(payload.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64url(byte[] bytes) {
        return BASE64URL.encodeToString(bytes);
    }

    private static byte[] unsigned(BigInteger number, int length) {
        byte[] bytes = number.toByteArray();
        byte[] fixed = new byte[length];
        int copied = Math.min(bytes.length, length);
        System.arraycopy(bytes, bytes.length - copied, fixed, length - copied, copied);
        return fixed;
    }
}
