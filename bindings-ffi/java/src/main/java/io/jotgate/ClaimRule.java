// Made by tests/policy_types/generate.py from core/policy.schema.json.
package io.jotgate;

import java.util.List;

/**
 * What is asked of a claim: at most one of the operators from {@code equals} to {@code max}, and an expression.
 */
public final class ClaimRule extends PolicyPart<ClaimRule> {
    /** Nothing is set. */
    public ClaimRule() {}

    /**
     * The claim is a list that holds all of these; a single value is a list of one.
     */
    public ClaimRule allOf(Object... values) {
        return set("all_of", List.of(values));
    }

    /**
     * The claim is one of these, or a list that holds one of them: texts, numbers, booleans.
     */
    public ClaimRule anyOf(Object... values) {
        return set("any_of", List.of(values));
    }

    /**
     * A claim, or the path to one inside of others. Without it the rule is an expression alone.
     */
    public ClaimRule claim(String... values) {
        return set("claim", List.of(values));
    }

    /**
     * The claim is a list that holds this value, or a text with this text in it.
     */
    public ClaimRule contains(Object value) {
        return set("contains", value);
    }

    /**
     * The claim is this value.
     */
    public ClaimRule equalTo(Object value) {
        return set("equals", value);
    }

    /**
     * A condition in CEL over {@code claims}, {@code value} (this claim), {@code header}, {@code request} and {@code
     * now}. Whatever is not {@code true} refuses.
     */
    public ClaimRule expression(String value) {
        return set("expression", value);
    }

    /**
     * Whether the claim must be there. Default true.
     */
    public ClaimRule mandatory(boolean value) {
        return set("mandatory", value);
    }

    /**
     * The claim is a text that this regular expression matches whole.
     */
    public ClaimRule matches(String value) {
        return set("matches", value);
    }

    /**
     * The claim is a number, at most this.
     */
    public ClaimRule max(double value) {
        return set("max", value);
    }

    /**
     * The claim is a number, at least this.
     */
    public ClaimRule min(double value) {
        return set("min", value);
    }

    /**
     * The claim is none of these, nor a list that holds one.
     */
    public ClaimRule noneOf(Object... values) {
        return set("none_of", List.of(values));
    }

    /**
     * The claim is a text that begins so.
     */
    public ClaimRule prefix(String value) {
        return set("prefix", value);
    }

    /**
     * Splits a text into a list first.
     */
    public ClaimRule separator(String value) {
        return set("separator", value);
    }

    /**
     * The claim is a text that ends so.
     */
    public ClaimRule suffix(String value) {
        return set("suffix", value);
    }
}
