package io.jotgate.spring.boot;

import io.jotgate.JwtRequest;
import io.jotgate.JwtValidator;
import io.jotgate.servlet.ServletExchange;
import jakarta.servlet.http.HttpServletRequest;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Asks the policy about each request once, whichever part of Spring's chain wants to know first. */
final class Judge {
    private static final String JUDGED = Judge.class.getName();

    private final Function<HttpServletRequest, JwtValidator> validators;

    Judge(Function<HttpServletRequest, JwtValidator> validators) {
        this.validators = validators;
    }

    JwtValidator validator(HttpServletRequest request) {
        return validators.apply(request);
    }

    /** What is known of a request; null before anybody has asked. */
    static @Nullable Judged known(HttpServletRequest request) {
        return request.getAttribute(JUDGED) instanceof Judged judged ? judged : null;
    }

    Judged judged(HttpServletRequest request) {
        Judged known = known(request);
        if (known != null) {
            return known;
        }
        Judged judged = ask(request);
        request.setAttribute(JUDGED, judged);
        return judged;
    }

    private Judged ask(HttpServletRequest request) {
        JwtRequest[] asked = new JwtRequest[1];
        try {
            return validator(request).validateRequest(reads -> {
                asked[0] = ServletExchange.request(reads, request);
                return asked[0];
            }).map(jwt -> Judged.accepted(jwt, TokenText.of(jwt, asked[0]))).orElseGet(Judged::withoutToken);
        } catch (RuntimeException problem) {
            return Judged.refused(problem);
        }
    }
}
