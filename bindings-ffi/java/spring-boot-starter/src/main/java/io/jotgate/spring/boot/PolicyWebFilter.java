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
import org.springframework.core.Ordered;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Mono;

/** What {@link PolicyFilter} is for servlets, in front of all chains of Spring Security: these have no place for it of their own. */
final class PolicyWebFilter implements WebFilter, Ordered {
    private static final String JUDGED = PolicyWebFilter.class.getName();

    private final JwtValidator validator;

    PolicyWebFilter(JwtValidator validator) {
        this.validator = validator;
    }

    /** What the policy said of a request. */
    static Judged judged(ServerWebExchange exchange) {
        return exchange.getRequiredAttribute(JUDGED);
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        JwtRequest request = request(exchange.getRequest());
        return Mono.fromFuture(() -> validator.validateRequestAsync(request))
                .map(jwt -> jwt.map(it -> Judged.accepted(it, TokenText.of(it, request))).orElseGet(Judged::withoutToken))
                .onErrorResume(RuntimeException.class, problem -> Mono.just(Judged.refused(problem)))
                .flatMap(judged -> goOn(exchange, chain, request, judged));
    }

    @Override
    public int getOrder() {
        return SPRING_SECURITY - 1;
    }

    /** The answer to a request that may not pass, as the policy says. */
    static Mono<Void> refuse(JwtValidator validator, RuntimeException problem, ServerHttpResponse response) {
        HttpAnswer answer = validator.answerTo(problem);
        response.setStatusCode(HttpStatusCode.valueOf(answer.status()));
        answer.headers().forEach(response.getHeaders()::set);
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        response.getHeaders().setContentLength(body.length);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
    }

    private Mono<Void> goOn(ServerWebExchange exchange, WebFilterChain chain, JwtRequest request, Judged judged) {
        if (judged.problem() != null && !judged.lacksToken()) {
            return refuse(validator, judged.problem(), exchange.getResponse());
        }
        ServerWebExchange forwarded;
        try {
            Forward forward = validator.forward(request, judged.verified());
            forwarded = forward.isEmpty() ? exchange
                    : exchange.mutate().request(changed(exchange.getRequest(), forward)).build();
        } catch (RuntimeException problem) {
            return refuse(validator, problem, exchange.getResponse());
        }
        judged.letGoOn();
        forwarded.getAttributes().put(JUDGED, judged);
        return chain.filter(forwarded).contextWrite(context -> context.put(Judged.class, judged));
    }

    private static ServerHttpRequest changed(ServerHttpRequest request, Forward forward) {
        ServerHttpRequest.Builder changed = request.mutate().headers(headers -> {
            forward.remove().forEach(headers::remove);
            forward.set().forEach(headers::set);
        });
        if (forward.query() != null) {
            String query = forward.query().isEmpty() ? null : forward.query();
            URI without = UriComponentsBuilder.fromUri(request.getURI()).replaceQuery(query).build(true).toUri();
            changed.uri(without);
        }
        return changed.build();
    }

    /** As it came: nothing is decoded. */
    private static JwtRequest request(ServerHttpRequest request) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        request.getHeaders().forEach(headers::put);
        return JwtRequest.of(request.getMethod().name(), request.getURI(), headers);
    }

    /** Where Spring Security's filter stands: WebFluxSecurityConfiguration. */
    private static final int SPRING_SECURITY = -100;
}
