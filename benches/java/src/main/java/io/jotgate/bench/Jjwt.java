package io.jotgate.bench;

import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.JwtParser;
import io.jsonwebtoken.JwtParserBuilder;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Keys;
import java.security.GeneralSecurityException;

/** jjwt on Jackson, as its guide has it. */
final class Jjwt implements Peer {
    private final JwtParser parser;

    Jjwt(String issuer, String audience, Row row) throws GeneralSecurityException {
        JwtParserBuilder builder = Jwts.parser().requireIssuer(issuer).requireAudience(audience);
        parser = row.algorithm().startsWith("HS")
                ? builder.verifyWith(Keys.hmacShaKeyFor(Peer.secret(row))).build()
                : builder.verifyWith(Peer.publicKey(row)).build();
    }

    @Override
    public String name() {
        return "jjwt";
    }

    @Override
    public String version() {
        return Versions.of(Jwts.class);
    }

    @Override
    public String subject(String token) {
        try {
            return parser.parseSignedClaims(token).getPayload().getSubject();
        } catch (JwtException | IllegalArgumentException refusal) {
            return null;
        }
    }
}
