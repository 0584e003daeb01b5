package io.jotgate.testing;

import java.util.Locale;

/** How a key set is broken, {@link JwtTestIssuer#breakKeys}. */
public enum Fault {
    /** A page of HTML with status 200: the login page of a proxy. */
    HTML,
    /** A key set without a key. */
    EMPTY,
    /** Other keys under the names of the right ones. */
    WRONG_KEY,
    /** Status 500. */
    ERROR,
    /** Status 404. */
    GONE,
    /** No answer in time. A {@link JwtTestIssuer#fetch} says so at once; only a server keeps its clients waiting. */
    SLOW,
    /** No connection. */
    UNREACHABLE;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
