// Made by tests/policy_types/generate.py from core/policy.schema.json.
package io.jotgate;

/**
 * One place to look for the token in; exactly one of header, cookie, query and expression.
 */
public final class TokenSource extends PolicyPart<TokenSource> {
    /** Nothing is set. */
    public TokenSource() {}

    /**
     * A cookie. Double quotes around its value are no part of it. Without a scheme the value is the token.
     */
    public TokenSource cookie(String value) {
        return set("cookie", value);
    }

    /**
     * A CEL expression over {@code request} whose value is the token. There is none where the value is {@code null},
     * or where what the expression looks up is not there.
     */
    public TokenSource expression(String value) {
        return set("expression", value);
    }

    /**
     * A header field. Without a scheme its whole value is the token.
     */
    public TokenSource header(String value) {
        return set("header", value);
    }

    /**
     * A parameter of the query (RFC 6750 section 2.3 advises against it).
     */
    public TokenSource query(String value) {
        return set("query", value);
    }

    /**
     * The scheme in front of the token in that header field or cookie, such as {@code Bearer}, with spaces behind it.
     */
    public TokenSource scheme(String value) {
        return set("scheme", value);
    }
}
