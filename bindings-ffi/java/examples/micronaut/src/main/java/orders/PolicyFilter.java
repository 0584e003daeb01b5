package orders;

import io.jotgate.HttpAnswer;
import io.jotgate.JwtRequest;
import io.jotgate.JwtValidator;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Asks the policy about every request, and answers those that may not pass. */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
class PolicyFilter {
    static final String JWT = "jwt";

    private final JwtValidator validator;

    PolicyFilter(JwtValidator validator) {
        if (validator.forwards()) {
            throw new IllegalArgumentException("this filter hands requests on as they came: leave forward out of the policy");
        }
        this.validator = validator;
    }

    /** Not on the event loop: a validation may wait for the issuer's keys. */
    @RequestFilter
    @ExecuteOn(TaskExecutors.BLOCKING)
    @Nullable HttpResponse<?> judge(HttpRequest<?> request) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (String name : request.getHeaders().names()) {
            headers.put(name, request.getHeaders().getAll(name));
        }
        try {
            validator.validateRequest(JwtRequest.of(request.getMethodName(), request.getUri(), headers))
                    .ifPresent(jwt -> request.setAttribute(JWT, jwt));
            return null; // it goes on
        } catch (RuntimeException problem) {
            HttpAnswer answer = validator.answerTo(problem);
            MutableHttpResponse<String> response = HttpResponse.<String>status(answer.status(), "").body(answer.body());
            answer.headers().forEach(response::header);
            return response;
        }
    }
}
