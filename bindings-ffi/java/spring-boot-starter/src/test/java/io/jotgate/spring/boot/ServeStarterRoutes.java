package io.jotgate.spring.boot;

import io.jotgate.JwtValidator;
import io.jotgate.conformance.Policies;
import io.jotgate.conformance.SpringServer;
import io.jotgate.conformance.SpringShop;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Serves {@link SpringShop} behind the chain that the starter makes. */
public final class ServeStarterRoutes {
    private static final Map<String, Map<String, JwtValidator>> VALIDATORS = new HashMap<>();

    /** For a request that names the policy of the other servlet. */
    private static final JwtValidator NOTHING_PASSES = JwtValidator.fromPolicy("""
            { "version": 1, "unmatched": "deny",
              "routes": [ { "path": "/none", "skip": true } ],
              "issuers": [ { "issuer": "https://none.test/", "audience": "none" } ] }""");

    private ServeStarterRoutes() {}

    /** Takes the file of policies. */
    public static void main(String[] arguments) throws IOException {
        for (String mount : new String[] {"", Policies.MOUNT}) {
            VALIDATORS.put(mount, Policies.at(mount, arguments[0], Function.identity()));
        }
        SpringServer.run(Application.class, ServeStarter.PROPERTIES[0], ServeStarter.PROPERTIES[1],
                "spring.main.web-application-type=servlet");
    }

    /** The policy of each request. */
    @Configuration
    @EnableAutoConfiguration
    @Import(SpringShop.class)
    static class Application {
        @Bean
        Judge judge() {
            return new Judge(request -> VALIDATORS
                    .get(request.getServletPath().equals(Policies.MOUNT) ? Policies.MOUNT : "")
                    .getOrDefault(request.getHeader("X-Exchange"), NOTHING_PASSES));
        }
    }
}
