package io.jotgate.spring.boot;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jotgate.JwtValidator;
import io.jotgate.conformance.Serve;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.reactive.context.ReactiveWebServerApplicationContext;
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

    /** Takes the file of exchanges, prints the port, and ends when standard input does. */
    public static void main(String[] arguments) throws IOException {
        String document = Files.readString(Path.of(arguments[0]));
        for (JsonElement element : JsonParser.parseString(document).getAsJsonObject().getAsJsonArray("exchanges")) {
            JsonObject exchange = element.getAsJsonObject();
            VALIDATORS.put(exchange.get("id").getAsString(), Serve.validator(exchange));
        }
        ReactiveWebServerApplicationContext context = (ReactiveWebServerApplicationContext) new SpringApplication(
                Application.class).run("--server.port=0", "--server.address=127.0.0.1", "--logging.level.root=off",
                "--spring.main.banner-mode=off", "--spring.main.web-application-type=reactive",
                "--jotgate.issuer=https://none.test/", "--jotgate.audience=none");
        System.out.println(new Gson().toJson(Map.of("port", context.getWebServer().getPort())));
        while (System.in.read() >= 0) {
            // Nothing is said there.
        }
        System.exit(0);
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
