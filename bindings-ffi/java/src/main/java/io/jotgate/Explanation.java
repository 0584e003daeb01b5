package io.jotgate;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a validation would answer, check by check, and how the key sets of the token's issuer are.
 *
 * <p>It is for operators, not for whoever sent the token: it shows the values of claims that a check looked at. It never
 * shows the token, its signature, keys or secrets.
 *
 * @param verdict {@code accepted}, {@code rejected}, {@code unavailable} or {@code skipped}
 * @param code the refusal that a validation gives; {@code null} for none
 * @param claim the claim that the code is about; {@code null} for none
 * @param detail the code in words; {@code null} for none
 * @param issuerIndex the entry of the policy's {@code issuers}; -1 for none
 * @param routeIndex the entry of the policy's {@code routes}; -1 for none
 * @param verified whether the token's signature was verified: when it was not, its contents are anybody's words
 * @param checks the checks, in the order in which a validation runs them
 * @param keySets those that the issuer's keys are fetched from
 * @param json all of this as JSON, the same in every language, with members that have no accessor here
 * @param text all of this in lines for people; whatever the token brings is escaped
 * @param colouredText the same with ANSI escape sequences
 */
public record Explanation(
        String verdict, Code code, String claim, String detail, int issuerIndex, int routeIndex, boolean verified,
        List<Check> checks, List<KeySet> keySets, String json, String text, String colouredText) {

    /**
     * One check of a token. {@code expected}, {@code found} and {@code note} are for people, their wording may change, and
     * each may be {@code null}.
     *
     * @param check the stable name, such as {@code signature}, {@code exp}, or {@code claims[0]} for a rule of the policy
     * @param outcome {@code passed}, {@code failed} or {@code skipped}
     * @param code what the check gives when it is the first to fail; {@code null} for none
     * @param verified whether what was found stands in a token whose signature was verified
     * @param expected what the policy asks for
     * @param found what the token or the request has
     * @param note what it means, and what to do
     */
    public record Check(
            String check, String outcome, @Nullable Code code, boolean verified, @Nullable String expected,
            @Nullable String found, @Nullable String note) {
        @SuppressWarnings("NullAway") // what the core tells has all members
        private static Check of(Map<?, ?> check) {
            return new Check((String) check.get("check"), (String) check.get("outcome"),
                    Code.named((String) check.get("code")), (Boolean) check.get("verified"),
                    (String) check.get("expected"), (String) check.get("found"), (String) check.get("note"));
        }
    }

    /**
     * A key set that an issuer's keys are fetched from.
     *
     * @param url the URL that the policy names
     * @param jwksUri where metadata says that the key set lies; {@code null} when there is none
     * @param state {@code empty}, {@code fresh}, {@code due}, {@code stale} or {@code expired}
     * @param age the time since the last successful fetch was started; {@code null} before the first
     * @param keys keys that can be used
     * @param keyIds the ids of the first 20 of them
     * @param skipped keys that cannot be used
     * @param skippedKeys the first 20 of these, and why
     * @param lenientKeys the first 20 of the keys that count although RFC 7518 spells their numbers otherwise
     * @param lastError why the last fetch failed; {@code null} when a success came after it
     * @param lastErrorCause what the HTTP client said of it, or where a redirect leads: one line of at most 300 characters;
     *     {@code null} for nothing
     * @param lastErrorHint what that means and what to do
     */
    public record KeySet(
            String url, @Nullable String jwksUri, String state, @Nullable Duration age, int keys, List<String> keyIds, int skipped,
            List<KeySource.KeyNote> skippedKeys, List<KeySource.KeyNote> lenientKeys, @Nullable String lastError,
            @Nullable String lastErrorCause, @Nullable String lastErrorHint) {
        @SuppressWarnings("NullAway") // what the core tells has all members
        private static KeySet of(Map<?, ?> set) {
            Number age = (Number) set.get("age");
            return new KeySet((String) set.get("url"), (String) set.get("jwks_uri"), (String) set.get("state"),
                    age == null ? null : Duration.ofMillis(Math.round(age.doubleValue() * 1_000)),
                    Math.toIntExact((Long) set.get("keys")),
                    ((List<?>) set.get("kids")).stream().map(String.class::cast).toList(),
                    Math.toIntExact((Long) set.get("skipped")), KeySource.KeyNote.of(set.get("skipped_keys")),
                    KeySource.KeyNote.of(set.get("lenient_keys")), (String) set.get("last_error"),
                    (String) set.get("last_error_cause"), (String) set.get("last_error_hint"));
        }
    }

    /** Keeps copies of the lists. */
    public Explanation {
        checks = List.copyOf(checks);
        keySets = List.copyOf(keySets);
    }

    /** The verdict and its code alone: an explanation shows claims, and this text ends in logs. */
    @Override
    public String toString() {
        return "Explanation[" + verdict + (code == null ? "]" : " " + code + "]");
    }

    @SuppressWarnings("NullAway") // what the core tells has all members
    static Explanation of(List<?> parts) {
        Map<?, ?> told = (Map<?, ?>) parts.get(0);
        return new Explanation((String) told.get("verdict"), Code.named((String) told.get("code")),
                (String) told.get("claim"), (String) told.get("detail"), index(told.get("issuer")),
                index(told.get("route")), (Boolean) told.get("verified"),
                ((List<?>) told.get("checks")).stream().map(check -> Check.of((Map<?, ?>) check)).toList(),
                ((List<?>) told.get("key_sets")).stream().map(set -> KeySet.of((Map<?, ?>) set)).toList(),
                (String) parts.get(1), (String) parts.get(2), (String) parts.get(3));
    }

    private static int index(@Nullable Object place) {
        return place == null ? -1 : Math.toIntExact((Long) place);
    }
}
