package io.jotgate;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A token that passed every check of the policy, and about which the application has not said its word yet: what a {@link
 * ClientLookup} and a {@link RevocationCheck} see. It is no {@link VerifiedJwt}, and nothing that takes one takes it.
 */
public final class UndecidedJwt {
    private final SignedTexts texts;
    private final int issuer;

    UndecidedJwt(SignedTexts texts, int issuer) {
        this.texts = texts;
        this.issuer = issuer;
    }

    /** {@code iss}: who issued the token; {@code null} when it is absent, as for the other accessors. */
    public @Nullable String issuer() {
        return (String) claim("iss");
    }

    /** {@code sub}: whom the token is about. */
    public @Nullable String subject() {
        return (String) claim("sub");
    }

    /** {@code jti}: the token's own id. */
    public @Nullable String tokenId() {
        return (String) claim("jti");
    }

    /** {@code aud}: for whom the token is meant; a single value comes as a list of one, an absent one as an empty list. */
    public List<String> audience() {
        return texts.audience();
    }

    /** The claim of this name, as {@link #claims()} holds it; {@code null} when it is absent. */
    public @Nullable Object claim(String name) {
        return texts.claim(name);
    }

    /** All claims, in the form of {@link VerifiedJwt#claims()}. */
    public Map<String, @Nullable Object> claims() {
        return texts.claims();
    }

    /** The protected header, in the same form as the claims. */
    public Map<String, @Nullable Object> header() {
        return texts.header();
    }

    /** A copy of the payload: one JSON object in UTF-8 without duplicate members at any level. */
    public byte[] payload() {
        return texts.payload();
    }

    /** Which entry of the policy's {@code issuers} the token comes from, counted from 0. */
    public int issuerIndex() {
        return issuer;
    }

    /** Shows no claim: a token may hold personal data, and this text ends in logs. */
    @Override
    public String toString() {
        return "UndecidedJwt[issuers[" + issuer + "]]";
    }
}
