package io.jotgate.bench;

import com.google.gson.JsonObject;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.Ed25519Verifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import java.text.ParseException;
import java.util.Set;

/**
 * Nimbus JOSE + JWT with a verifier that is made beforehand. Its JWTProcessor would make a new one for each token and
 * knows no EdDSA, so this is Nimbus at its fastest.
 */
final class Nimbus implements Peer {
    private final String algorithm;
    private final JWSVerifier verifier;
    private final DefaultJWTClaimsVerifier<SecurityContext> claims;

    Nimbus(String issuer, String audience, String algorithm, JsonObject jwk) throws JOSEException, ParseException {
        this.algorithm = algorithm;
        JWK key = JWK.parse(jwk.toString());
        verifier = switch (algorithm) {
            case "RS256", "PS256" -> new RSASSAVerifier(key.toRSAKey());
            case "ES256", "ES384" -> new ECDSAVerifier(key.toECKey());
            case "EdDSA" -> new Ed25519Verifier(key.toOctetKeyPair());
            default -> new MACVerifier(key.toOctetSequenceKey());
        };
        JWTClaimsSet exact = new JWTClaimsSet.Builder().issuer(issuer).build();
        claims = new DefaultJWTClaimsVerifier<>(audience, exact, Set.of("exp"));
        claims.setMaxClockSkew(0);
    }

    @Override
    public String name() {
        return "nimbus-jose-jwt";
    }

    @Override
    public String version() {
        return Versions.of(SignedJWT.class);
    }

    @Override
    public String subject(String token) {
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            if (!algorithm.equals(jwt.getHeader().getAlgorithm().getName()) || !jwt.verify(verifier)) {
                return null;
            }
            claims.verify(jwt.getJWTClaimsSet(), null);
            return jwt.getJWTClaimsSet().getSubject();
        } catch (ParseException | JOSEException | BadJOSEException refusal) {
            return null;
        }
    }
}
