package io.jotgate.httpserver;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.jotgate.Forward;
import io.jotgate.JwtRequest;
import io.jotgate.VerifiedJwt;
import java.net.URI;
import java.util.Optional;

/**
 * What handlers see of a request that passed.
 *
 * @param jwt its token; empty where it needed none
 * @param headers its header fields
 * @param uri its target
 */
record Passed(Optional<VerifiedJwt> jwt, Headers headers, URI uri) {
    /** The request of an exchange, which came as {@code asked}, as the policy's {@code forward} says it goes on. */
    static Passed of(HttpExchange exchange, JwtRequest asked, Optional<VerifiedJwt> jwt, Forward forward) {
        if (forward.isEmpty()) {
            return new Passed(jwt, exchange.getRequestHeaders(), exchange.getRequestURI());
        }
        Headers headers = new Headers();
        // One by one, because not every JDK brings the names of a whole map into the form in which they are looked up.
        forward.apply(asked).headers().forEach(headers::put);
        URI uri = exchange.getRequestURI();
        return new Passed(jwt, headers, forward.query() == null ? uri : withQuery(uri, forward.query()));
    }

    /** The same target with another query, and all else as it was sent. */
    private static URI withQuery(URI uri, String query) {
        String path = uri.toString().split("[?#]", 2)[0];
        String fragment = uri.getRawFragment();
        return URI.create(path + (query.isEmpty() ? "" : "?" + query) + (fragment == null ? "" : "#" + fragment));
    }
}
