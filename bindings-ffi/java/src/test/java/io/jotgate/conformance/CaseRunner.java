package io.jotgate.conformance;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jotgate.Explanation;
import io.jotgate.FetchResponse;
import io.jotgate.Fetcher;
import io.jotgate.InvalidTokenException;
import io.jotgate.JotgateException;
import io.jotgate.JwtOutcome;
import io.jotgate.JwtRequest;
import io.jotgate.JwtValidator;
import io.jotgate.JwtValidatorBuilder;
import io.jotgate.KeysUnavailableException;
import io.jotgate.PolicyException;
import io.jotgate.VerifiedJwt;
import io.jotgate.support.TestClock;
import io.jotgate.support.Vectors;
import java.math.BigDecimal;
import java.net.ConnectException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs one case of the vectors through the public API. */
final class CaseRunner {
    /** What came out of a case, in the words of the vectors; {@code claims} only when it was accepted. */
    record Outcome(
            String verdict, String code, String claim, String path, Map<String, Object> claims, List<String> paths) {
        Outcome(String verdict, String code, String claim, String path, Map<String, Object> claims) {
            this(verdict, code, claim, path, claims, null);
        }
    }

    private CaseRunner() {}

    /** The line of the report, without the id. */
    static Map<String, Object> report(JsonObject testCase) {
        Map<String, Object> more = new LinkedHashMap<>();
        Outcome outcome = run(testCase, more);
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("verdict", outcome.verdict());
        members.put("code", outcome.code());
        members.put("claim", outcome.claim());
        members.put("path", outcome.path());
        if (outcome.paths() != null) {
            members.put("paths", outcome.paths());
        }
        if (outcome.claims() != null) {
            members.put("claims", outcome.claims());
        }
        members.putAll(more);
        return members;
    }

    /** What came of the case; {@code more} gets what else is told of one that asks for something behind the validation. */
    static Outcome run(JsonObject testCase, Map<String, Object> more) {
        Outcome validated = validated(testCase);
        return testCase.has("require") ? RequireRunner.run(testCase, validated, more) : validated;
    }

    private static Outcome validated(JsonObject testCase) {
        if (testCase.has("token")) {
            String token = testCase.get("token").getAsString();
            Outcome alone = outcome(testCase, validator -> Optional.of(validator.validate(token)));
            return alone.verdict().equals("policy_error") ? alone : together(testCase, token, alone);
        }
        return outcome(testCase, validator -> validator.validateRequest(request(testCase.getAsJsonObject("request"))));
    }

    /** What the token gets alone, unless it gets something else in a batch. */
    private static Outcome together(JsonObject testCase, String token, Outcome alone) {
        try (JwtValidator validator = validator(testCase)) {
            for (JwtOutcome given : validator.validateMany(List.of(token, token))) {
                Outcome together = outcome(() -> Optional.of(given.orThrow()));
                if (!together.equals(alone)) {
                    return new Outcome(together.verdict() + " in a batch", together.code(), together.claim(), null,
                            together.claims());
                }
            }
        }
        return alone;
    }

    private static Outcome outcome(JsonObject testCase, Function<JwtValidator, Optional<VerifiedJwt>> ask) {
        return outcome(() -> {
            try (JwtValidator validator = validator(testCase)) {
                return ask.apply(validator);
            }
        });
    }

    private static Outcome outcome(Supplier<Optional<VerifiedJwt>> ask) {
        try {
            return ask.get().map(accepted -> new Outcome("accepted", null, null, null, claims(accepted)))
                    .orElseGet(() -> new Outcome("skipped", null, null, null, null));
        } catch (JotgateException problem) {
            return refused(problem);
        }
    }

    /** All claims, once each of them alone was found to be the same. */
    private static Map<String, Object> claims(VerifiedJwt jwt) {
        Map<String, Object> oneByOne = new LinkedHashMap<>();
        JsonParser.parseString(jwt.payloadJson()).getAsJsonObject().keySet().forEach(name -> oneByOne.put(name, jwt.claim(name)));
        return oneByOne.equals(jwt.claims()) ? jwt.claims() : Map.of("one by one", oneByOne, "at once", jwt.claims());
    }

    static Explanation explain(JsonObject testCase) {
        try (JwtValidator validator = validator(testCase)) {
            return testCase.has("token") ? validator.explain(testCase.get("token").getAsString())
                    : validator.explainRequest(request(testCase.getAsJsonObject("request")));
        }
    }

    static JwtValidator validator(JsonObject testCase) {
        TestClock clock = new TestClock(instant(testCase.get("now").getAsBigDecimal()));
        JwtValidatorBuilder options = JwtValidator.builder().policy(testCase.get("policy").toString())
                .fetcher(fetcher(testCase)).clock(clock);
        JsonObject host = testCase.has("host") ? testCase.getAsJsonObject("host") : new JsonObject();
        if (host.has("client")) {
            options.clientLookup((client, jwt) -> said(host.get("client")));
        }
        if (host.has("revoked")) {
            options.revocationCheck(jwt -> said(host.get("revoked")));
        }
        return options.build();
    }

    /** What the host of the case says. */
    private static boolean said(JsonElement answer) {
        if (answer.getAsString().equals("fail")) {
            throw new IllegalStateException("the host's function fails");
        }
        return answer.getAsString().equals("yes");
    }

    static Outcome refused(JotgateException problem) {
        String code = problem.code().toString();
        if (problem instanceof PolicyException policy) {
            List<String> paths = policy.problems().stream().map(PolicyException.Problem::path).toList();
            return new Outcome("policy_error", code, null, policy.path(), null, paths);
        } else if (problem instanceof KeysUnavailableException) {
            return new Outcome("unavailable", code, null, null, null);
        }
        String claim = problem instanceof InvalidTokenException invalid ? invalid.claim() : null;
        return new Outcome("rejected", code, claim, null, null);
    }

    static Fetcher fetcher(JsonObject testCase) {
        return request -> {
            JsonObject responses = testCase.getAsJsonObject("responses");
            JsonElement found = responses == null ? null : responses.get(request.url());
            if (found == null) {
                throw new ConnectException("the case has no answer for this URL");
            }
            JsonObject response = found.getAsJsonObject();
            return new FetchResponse(response.get("status").getAsInt(), headers(response),
                    response.get("body").getAsString().getBytes(StandardCharsets.UTF_8));
        };
    }

    private static JwtRequest request(JsonObject request) {
        Map<String, List<String>> headers = headers(request);
        String cookies = pairs(request, "cookies").map(pair -> pair.getKey() + "=" + pair.getValue())
                .collect(Collectors.joining("; "));
        if (!cookies.isEmpty()) {
            headers.put("Cookie", List.of(cookies));
        }
        String query = pairs(request, "query").map(pair -> encoded(pair.getKey()) + "=" + encoded(pair.getValue()))
                .collect(Collectors.joining("&"));
        return new JwtRequest(request.get("method").getAsString(), request.get("path").getAsString(), query, headers);
    }

    private static Map<String, List<String>> headers(JsonObject owner) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        Vectors.fields(owner, "headers").forEach(field -> headers.put(field.getKey(), field.getValue()));
        return headers;
    }

    private static Stream<Map.Entry<String, String>> pairs(JsonObject owner, String member) {
        return Vectors.fields(owner, member).stream()
                .flatMap(field -> field.getValue().stream().map(value -> Map.entry(field.getKey(), value)));
    }

    /** Form encoding differs from the encoding of a query in the space alone. */
    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    static Instant instant(BigDecimal seconds) {
        return Instant.EPOCH.plusNanos(seconds.movePointRight(9).longValue());
    }
}
