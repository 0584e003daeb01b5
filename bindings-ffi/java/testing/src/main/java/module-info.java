/** For tests of what validates tokens with jotgate. Start at {@link io.jotgate.testing.JwtTestIssuer}. */
module io.jotgate.testing {
    requires transitive io.jotgate;
    requires jdk.httpserver;

    requires static org.jspecify;

    // For tests that have them.
    requires static org.junit.jupiter.api;
    requires static jakarta.servlet;
    requires static spring.beans;
    requires static spring.context;
    requires static spring.core;
    requires static spring.test;
    requires static spring.web;

    exports io.jotgate.testing;
    exports io.jotgate.testing.spring;

    opens io.jotgate.testing.spring;
}
