package io.jotgate.spring.boot;

import io.jotgate.JwtRequest;
import io.jotgate.VerifiedJwt;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The compact form of an accepted token, for those who hand it on to other services: what stands in the request.
 *
 * @param compact header, payload and signature
 * @param isInCookie whether a cookie alone holds it
 */
record TokenText(String compact, boolean isInCookie) {
    /** Where the request shows none, as when an expression puts it together, it has no signature. */
    static TokenText of(VerifiedJwt jwt, JwtRequest request) {
        // There is one way alone to write these bytes (RFC 7515 section 2), so the token begins like this.
        String signed = encoded(jwt.headerJson()) + "." + encoded(jwt.payloadJson()) + ".";
        String found = in(request.query(), signed);
        String inCookie = null;
        for (Map.Entry<String, List<String>> field : request.headers().entrySet()) {
            for (String value : field.getValue()) {
                String here = in(value, signed);
                if (here != null && field.getKey().equalsIgnoreCase("cookie")) {
                    inCookie = here;
                } else if (here != null) {
                    found = here;
                }
            }
        }
        return found != null ? new TokenText(found, false) : new TokenText(inCookie == null ? signed : inCookie, inCookie != null);
    }

    private static @Nullable String in(String text, String signed) {
        int from = text.indexOf(signed);
        if (from < 0) {
            return null;
        }
        int to = from + signed.length();
        while (to < text.length() && isBase64Url(text.charAt(to))) {
            to++;
        }
        return text.substring(from, to);
    }

    private static boolean isBase64Url(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_';
    }

    private static String encoded(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}
