package io.jotgate.servlet;

import io.jotgate.Forward;
import io.jotgate.HttpAnswer;
import io.jotgate.JwtRequest;
import io.jotgate.JwtRequirement;
import io.jotgate.JwtValidator;
import io.jotgate.RequestParts;
import io.jotgate.VerifiedJwt;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** What a validator asks of a servlet container's request, what goes on, and what it sends: for filters of other frameworks. */
public final class ServletExchange {
    private ServletExchange() {}

    /** The request as it came: the path not decoded, and the header fields that the validator's policy reads. */
    public static JwtRequest request(JwtValidator validator, HttpServletRequest request) {
        return request(validator.reads(), request);
    }

    /**
     * The request as it came, with the header fields that are read: for {@link JwtValidator#validateRequest(java.util.function.Function)},
     * which knows the policy that judges.
     */
    public static JwtRequest request(RequestParts reads, HttpServletRequest request) {
        Optional<Set<String>> read = reads.headers();
        // Containers make a text of each name and value that they are asked for.
        Iterable<String> names = read.isPresent() ? read.get() : Collections.list(request.getHeaderNames());
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (String name : names) {
            Enumeration<String> values = request.getHeaders(name);
            if (values.hasMoreElements()) {
                headers.put(name, Collections.list(values));
            }
        }
        String query = request.getQueryString();
        return new JwtRequest(request.getMethod(), request.getRequestURI(), query == null ? "" : query, headers);
    }

    /**
     * The request as the policy's {@code forward} says it goes on; {@code request} itself where that says nothing. Pass it
     * on whatever the validation gave, and never together with the request as it came.
     *
     * @param response what is answered, for asynchronous requests
     * @param jwt what the validation gave; empty also for a request that was not validated, such as that of an error page
     * @throws io.jotgate.JotgateException the request must not go on
     */
    public static HttpServletRequest forwarded(
            JwtValidator validator, HttpServletRequest request, HttpServletResponse response,
            Optional<VerifiedJwt> jwt) {
        if (!validator.forwards() || ForwardedRequest.in(request, validator) != null) {
            return request;
        }
        Forward forward = validator.forward(reads -> request(reads, request), jwt);
        return forward.isEmpty() ? request : new ForwardedRequest(request, response, forward, validator);
    }

    /**
     * Sends the answer to a request that may not pass, as the policy's {@code responses} say.
     *
     * @param problem what the validation threw
     */
    public static void refuse(JwtValidator validator, RuntimeException problem, HttpServletResponse response)
            throws IOException {
        send(() -> validator.answerTo(problem), response);
    }

    /** {@link #refuse} for an endpoint that asks for something itself. */
    static void refuse(
            JwtValidator validator, RuntimeException problem, JwtRequirement requirement, HttpServletResponse response)
            throws IOException {
        send(() -> validator.answerTo(problem, requirement), response);
    }

    private static void send(Supplier<HttpAnswer> made, HttpServletResponse response) throws IOException {
        HttpAnswer answer;
        try {
            answer = made.get();
        } catch (RuntimeException second) {
            // Without the native half, or after the validator was closed, there is no answer but the bare status.
            response.setStatus(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
            return;
        }
        response.setStatus(answer.status());
        answer.headers().forEach(response::setHeader);
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
