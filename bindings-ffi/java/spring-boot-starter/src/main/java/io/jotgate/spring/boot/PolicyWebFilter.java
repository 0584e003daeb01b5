package io.jotgate.spring.boot;

import io.jotgate.Forward;
import io.jotgate.HttpAnswer;
import io.jotgate.JwtRequest;
import io.jotgate.JwtValidator;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.springframework.core.Ordered;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Mono;

/** What {@link PolicyFilter} is for servlets, in front of all chains of Spring Security: these have no place for it of their own. */
final class PolicyWebFilter implements WebFilter, Ordered {
    private static final String JUDGED = PolicyWebFilter.class.getName();

    private final Function<ServerWebExchange, JwtValidator> validators;

    PolicyWebFilter(Function<ServerWebExchange, JwtValidator> validators) {
        this.validators = validators;
    }

    /** What the policy said of a request. */
    static Judged judged(ServerWebExchange exchange) {
        return exchange.getRequiredAttribute(JUDGED);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        JwtRequest request = request(exchange.getRequest());
        JwtValidator validator = validators.apply(exchange);
        return Mono.fromFuture(() -> validator.validateRequestAsync(request))
                .map(jwt -> jwt.map(it -> Judged.accepted(it, TokenText.of(it, request))).orElseGet(Judged::withoutToken))
                .onErrorResume(RuntimeException.class, problem -> Mono.just(Judged.refused(problem)))
                .flatMap(judged -> goOn(validator, exchange, chain, request, judged));
    }

    @Override
    public int getOrder() {
        return SPRING_SECURITY - 1;
    }

    /** The answer to a request that may not pass, as the policy says. */
    Mono<Void> refuse(ServerWebExchange exchange, RuntimeException problem) {
        return refuse(validators.apply(exchange), problem, exchange.getResponse());
    }

    private static Mono<Void> refuse(JwtValidator validator, RuntimeException problem, ServerHttpResponse response) {
        HttpAnswer answer = validator.answerTo(problem);
        response.setStatusCode(HttpStatusCode.valueOf(answer.status()));
        answer.headers().forEach(response.getHeaders()::set);
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        response.getHeaders().setContentLength(body.length);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
    }

    private static Mono<Void> goOn(
            JwtValidator validator, ServerWebExchange exchange, WebFilterChain chain, JwtRequest request, Judged judged) {
        if (judged.problem() != null && !judged.lacksToken()) {
            return refuse(validator, judged.problem(), exchange.getResponse());
        }
        ServerWebExchange forwarded;
        try {
            Forward forward = validator.forward(request, judged.verified());
            forwarded = forward.isEmpty() ? exchange
                    : exchange.mutate().request(new Forwarded(exchange.getRequest(), forward)).build();
        } catch (RuntimeException problem) {
            return refuse(validator, problem, exchange.getResponse());
        }
        judged.letGoOn();
        forwarded.getAttributes().put(JUDGED, judged);
        return chain.filter(forwarded).contextWrite(context -> context.put(Judged.class, judged));
    }

    /** As it came: nothing is decoded. */
    private static JwtRequest request(ServerHttpRequest request) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        request.getHeaders().forEach(headers::put);
        return JwtRequest.of(request.getMethod().name(), request.getURI(), headers);
    }

    /** As the policy's {@code forward} says. By methods that the header fields of Spring 6 and of 7 both have. */
    private static final class Forwarded extends ServerHttpRequestDecorator {
        private final HttpHeaders headers = new HttpHeaders();
        private final URI uri;

        Forwarded(ServerHttpRequest request, Forward forward) {
            super(request);
            request.getHeaders().forEach((name, values) -> {
                if (forward.remove().stream().noneMatch(name::equalsIgnoreCase)) {
                    values.forEach(value -> headers.add(name, value));
                }
            });
            forward.set().forEach(headers::set);
            String query = forward.query();
            uri = query == null ? request.getURI() : UriComponentsBuilder.fromUri(request.getURI())
                    .replaceQuery(query.isEmpty() ? null : query).build(true).toUri();
        }

        @Override
        public HttpHeaders getHeaders() {
            return headers;
        }

        @Override
        public URI getURI() {
            return uri;
        }
    }

    /** Where Spring Security's filter stands: WebFluxSecurityConfiguration. */
    private static final int SPRING_SECURITY = -100;
}
