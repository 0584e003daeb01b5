/**
 * Your API gateway's JWT policy, inside your process. Start at {@link io.jotgate.JwtValidator}.
 *
 * <p>It needs the JDK alone. What an application has beside it, such as servlets or Spring Security, the application's own module
 * names.
 */
module io.jotgate {
    requires transitive java.net.http;

    requires static org.jspecify;

    // Each is for the package of its name, and for applications that have it.
    requires static jdk.httpserver;
    requires static jakarta.servlet;
    requires static micrometer.core;
    requires static spring.core;
    requires static spring.security.core;
    requires static spring.security.web;
    requires static spring.web;

    exports io.jotgate;
    exports io.jotgate.httpserver;
    exports io.jotgate.micrometer;
    exports io.jotgate.servlet;
    exports io.jotgate.spring;
}
