package io.jotgate.spring.boot;

import io.jotgate.JwtValidator;
import io.jotgate.conformance.Policies;
import io.jotgate.conformance.SpringServer;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Serves HTTP exchanges through the chain that the starter makes; {@code tests/conformance/exchanges.py} says what is asked of it. */
public final class ServeStarter {
    private static final Map<String, JwtValidator> VALIDATORS = new HashMap<>();

    /** What the starter wants; each exchange has a policy of its own. */
    static final String[] PROPERTIES = {"jotgate.issuer=https://none.test/", "jotgate.audience=none"};

    private ServeStarter() {}

    /** Takes the file of exchanges. */
    public static void main(String[] arguments) throws IOException {
        VALIDATORS.putAll(Policies.all(arguments[0], Function.identity()));
        SpringServer.run(Application.class, PROPERTIES[0], PROPERTIES[1], "spring.main.web-application-type=servlet");
    }

    /** An application that answers everything. */
    @Configuration
    @EnableAutoConfiguration
    static class Application {
        @Bean
        Judge judge() {
            return new Judge(request -> VALIDATORS.get(request.getHeader("X-Exchange")));
        }

        @Bean
        ServletRegistrationBean<HttpServlet> application() {
            return SpringServer.telling(token ->
                    token.getPrincipal() instanceof JotgateJwt ours ? ours.verified().orElseThrow().claims() : null);
        }
    }
}
