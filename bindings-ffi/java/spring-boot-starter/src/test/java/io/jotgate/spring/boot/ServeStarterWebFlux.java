package io.jotgate.spring.boot;

import io.jotgate.JwtValidator;
import io.jotgate.conformance.Policies;
import io.jotgate.conformance.Serve;
import io.jotgate.conformance.SpringServer;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.security.core.context.ReactiveSecurityContextHolder;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/** Serves HTTP exchanges through the chain that the starter makes for WebFlux; {@code tests/conformance/exchanges.py} says what is asked of it. */
public final class ServeStarterWebFlux {
    private static final Map<String, JwtValidator> VALIDATORS = new HashMap<>();

    private ServeStarterWebFlux() {}

    /** Takes the file of exchanges. */
    public static void main(String[] arguments) throws IOException {
        VALIDATORS.putAll(Policies.all(arguments[0], Function.identity()));
        SpringServer.run(Application.class, ServeStarter.PROPERTIES[0], ServeStarter.PROPERTIES[1],
                "spring.main.web-application-type=reactive");
    }

    /** An application that answers everything; each exchange has a policy of its own. */
    @Configuration
    @EnableAutoConfiguration
    static class Application {
        @Bean
        PolicyWebFilter filter() {
            return new PolicyWebFilter(exchange -> VALIDATORS.get(exchange.getRequest().getHeaders().getFirst("X-Exchange")));
        }

        /** Tells what it sees. */
        @Bean
        RouterFunction<ServerResponse> application() {
            return RouterFunctions.route(request -> true, request -> ReactiveSecurityContextHolder.getContext()
                    .map(context -> context.getAuthentication().getPrincipal())
                    .ofType(JotgateJwt.class).map(jwt -> jwt.verified().orElseThrow().claims()).map(Optional::of)
                    .defaultIfEmpty(Optional.empty())
                    .flatMap(claims -> ServerResponse.ok().contentType(MediaType.APPLICATION_JSON)
                            .bodyValue(seen(request, claims.orElse(null)))));
        }

        private static String seen(ServerRequest request, Map<String, Object> claims) {
            Map<String, String> fields = new HashMap<>();
            request.headers().asHttpHeaders().forEach((name, values) -> fields.put(name, String.join(", ", values)));
            return Serve.seen(claims, fields, request.uri().getRawQuery());
        }
    }
}
