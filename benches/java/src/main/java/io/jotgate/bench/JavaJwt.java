package io.jotgate.bench;

import com.auth0.jwt.JWT;
import com.auth0.jwt.algorithms.Algorithm;
import com.auth0.jwt.exceptions.JWTVerificationException;
import com.auth0.jwt.interfaces.JWTVerifier;
import java.security.GeneralSecurityException;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Set;

/** java-jwt of Auth0, which knows neither PS256 nor EdDSA. */
final class JavaJwt implements Peer {
    private static final Set<String> ALGORITHMS = Set.of("RS256", "ES256", "ES384", "HS256");

    private final JWTVerifier verifier;

    JavaJwt(String issuer, String audience, Row row) throws GeneralSecurityException {
        Algorithm algorithm = switch (row.algorithm()) {
            case "RS256" -> Algorithm.RSA256((RSAPublicKey) Peer.publicKey(row), null);
            case "ES256" -> Algorithm.ECDSA256((ECPublicKey) Peer.publicKey(row), null);
            case "ES384" -> Algorithm.ECDSA384((ECPublicKey) Peer.publicKey(row), null);
            default -> Algorithm.HMAC256(Peer.secret(row));
        };
        verifier = JWT.require(algorithm)
                .withIssuer(issuer)
                .withAudience(audience)
                .withClaimPresence("exp")
                .build();
    }

    static boolean knows(String algorithm) {
        return ALGORITHMS.contains(algorithm);
    }

    @Override
    public String name() {
        return "java-jwt";
    }

    @Override
    public String version() {
        return Versions.of(JWT.class);
    }

    @Override
    public String subject(String token) {
        try {
            return verifier.verify(token).getSubject();
        } catch (JWTVerificationException refusal) {
            return null;
        }
    }
}
