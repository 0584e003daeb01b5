package io.jotgate;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A token whose signature verified and that passed every check of the policy; the only way to its claims.
 *
 * <p>The named accessors read the registered claims (RFC 7519 section 4.1) as they were signed, and give {@code null} for
 * one that is absent; of another type it cannot be, since such tokens are refused.
 */
public final class VerifiedJwt {
    private final SignedTexts texts;
    private final long origin;
    private final int issuer;
    private final long judgedForMillis;
    /** Null for the usual claims. */
    private final byte @Nullable [] scopeClaim;
    private final @Nullable Map<String, @Nullable Object> seen;
    /** Once they were asked for. */
    private volatile @Nullable List<String> scopes;

    VerifiedJwt(SignedTexts texts, long origin, int issuer, long judgedForMillis, byte @Nullable [] scopeClaim) {
        this(texts, origin, issuer, judgedForMillis, scopeClaim, null);
    }

    private VerifiedJwt(
            SignedTexts texts, long origin, int issuer, long judgedForMillis, byte @Nullable [] scopeClaim,
            @Nullable Map<String, @Nullable Object> seen) {
        this.texts = texts;
        this.origin = origin;
        this.issuer = issuer;
        this.judgedForMillis = judgedForMillis;
        this.scopeClaim = scopeClaim;
        this.seen = seen;
    }

    /** The same token with the claims that the application's transformation has made. */
    VerifiedJwt showing(Map<String, @Nullable Object> claims) {
        Map<String, @Nullable Object> shown = Collections.unmodifiableMap(new LinkedHashMap<>(claims));
        return new VerifiedJwt(texts, origin, issuer, judgedForMillis, scopeClaim, shown);
    }

    /** The same token as one that every validator takes for its own. */
    VerifiedJwt ofAnyValidator() {
        return new VerifiedJwt(texts, Numbers.Origin.ANY_VALIDATOR, issuer, judgedForMillis, scopeClaim, seen);
    }

    /** {@code iss}: who issued the token. */
    public @Nullable String issuer() {
        return (String) signed("iss");
    }

    /** {@code sub}: whom the token is about. */
    public @Nullable String subject() {
        return (String) signed("sub");
    }

    /** {@code jti}: the token's own id. */
    public @Nullable String tokenId() {
        return (String) signed("jti");
    }

    /** {@code aud}: for whom the token is meant; a single value comes as a list of one, an absent one as an empty list. */
    public List<String> audience() {
        return texts.audience();
    }

    /** {@code exp}: when the token expires. */
    public @Nullable Instant expiresAt() {
        return instant("exp");
    }

    /** {@code nbf}: when the token becomes valid. */
    public @Nullable Instant notBefore() {
        return instant("nbf");
    }

    /** {@code iat}: when the token was issued. */
    public @Nullable Instant issuedAt() {
        return instant("iat");
    }

    /**
     * The token's scopes (RFC 6749 section 3.3), in its order and unmodifiable: those of the first claim that is there of those in
     * which the policy looks for scopes, {@code scope} and {@code scp} by default, as they were signed. Empty where there is none.
     */
    public List<String> scopes() {
        List<String> known = scopes;
        if (known == null) {
            known = Flat.readList(Native.scopes(payload(), scopeClaim)).stream().map(String.class::cast).toList();
            scopes = known;
        }
        return known;
    }

    /** Whether the token has this scope. To refuse one that lacks it, use {@link JwtValidator#require}. */
    public boolean hasScope(String scope) {
        return scopes().contains(scope);
    }

    /** Asks the native library for what an endpoint needs, as {@link Native#require} says it. */
    byte @Nullable [] require(long validator, long requirement) {
        byte[] header = texts.headerBytes();
        return Native.require(validator, requirement, header, payload(), scopeClaim, origin, issuer, judgedForMillis);
    }

    /**
     * The claim of this name, as {@link #claims()} holds it; {@code null} when it is absent. It is read from where the validation
     * has found it, and no other claim is looked at.
     */
    public @Nullable Object claim(String name) {
        return seen == null ? texts.claim(name) : seen.get(name);
    }

    /**
     * All claims, in the token's order and unmodifiable: String, Boolean, Long, BigInteger (integers that no Long holds),
     * Double, List, Map, or {@code null}. Made when first asked for. With a {@link ClaimsTransform}, what that has made of
     * them.
     */
    public Map<String, @Nullable Object> claims() {
        return seen == null ? texts.claims() : seen;
    }

    /** All claims as they were signed, whatever a {@link ClaimsTransform} has made of them. */
    public Map<String, @Nullable Object> signedClaims() {
        return texts.claims();
    }

    /** The protected header, in the same form as the claims. */
    public Map<String, @Nullable Object> header() {
        return texts.header();
    }

    /** A copy of the payload as it was signed: one JSON object in UTF-8 without duplicate members at any level. */
    public byte[] payload() {
        return texts.payload();
    }

    /** The payload as it was signed, for a JSON library. */
    public String payloadJson() {
        return texts.payloadJson();
    }

    /** The protected header as it was signed, for a JSON library. */
    public String headerJson() {
        return texts.headerJson();
    }

    /** Which entry of {@code issuers} accepted the token, counted from 0: of the policy that held then. */
    public int issuerIndex() {
        return issuer;
    }

    /** Shows no claim: a token may hold personal data, and this text ends in logs. */
    @Override
    public String toString() {
        return "VerifiedJwt[issuers[" + issuer + "]]";
    }

    private @Nullable Object signed(String name) {
        return texts.claim(name);
    }

    /** A NumericDate may have a fraction (RFC 7519 section 2); what is finer than a nanosecond is cut off. */
    private @Nullable Instant instant(String name) {
        Number seconds = (Number) signed(name);
        if (seconds == null) {
            return null;
        }
        if (seconds instanceof Long whole) {
            return Instant.ofEpochSecond(whole);
        }
        BigDecimal exact = new BigDecimal(seconds.toString());
        BigDecimal whole = exact.setScale(0, RoundingMode.FLOOR);
        return Instant.ofEpochSecond(whole.longValueExact(), exact.subtract(whole).movePointRight(9).longValue());
    }
}
