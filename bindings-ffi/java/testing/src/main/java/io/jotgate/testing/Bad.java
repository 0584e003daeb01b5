package io.jotgate.testing;

import io.jotgate.Code;
import io.jotgate.JwtRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A token or a request that the policy refuses with one certain code.
 *
 * @param code the code
 * @param what what is bad about it
 * @param token {@code null} where the request is bad and not its token
 * @param method that of a request that is refused so; empty, as {@code target} is, where the kit knows no such request: all
 *     routes are regular expressions, or an expression says where the token is
 * @param target its path, with the query behind it where the token stands there
 * @param headers its header fields, the token's among them
 */
public record Bad(
        Code code, String what, @Nullable String token, String method, String target, Map<String, List<String>> headers) {
    @SuppressWarnings("NullAway") // what the kit tells has all members
    static Bad of(Code code, Map<?, ?> made) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (Object field : (List<?>) made.get("headers")) {
            List<?> pair = (List<?>) field;
            headers.computeIfAbsent((String) pair.get(0), name -> new ArrayList<>()).add((String) pair.get(1));
        }
        return new Bad(code, (String) made.get("what"), (String) made.get("token"), (String) made.get("method"),
                (String) made.get("target"), Collections.unmodifiableMap(headers));
    }

    /** That request, for a validator. */
    public JwtRequest request() {
        int query = target.indexOf('?');
        return query < 0 ? new JwtRequest(method, target, "", headers)
                : new JwtRequest(method, target.substring(0, query), target.substring(query + 1), headers);
    }

    /** Shows no token. */
    @Override
    public String toString() {
        return "Bad[" + code + ": " + what + "]";
    }
}
