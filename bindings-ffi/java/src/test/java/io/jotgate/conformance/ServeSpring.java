package io.jotgate.conformance;

import io.jotgate.spring.JotgateAuthentication;
import io.jotgate.spring.JotgateAuthenticationFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/** Serves HTTP exchanges through the filter in Spring Security's chain; see {@link Serve}. */
public final class ServeSpring {
    private static final Map<String, Filter> FILTERS = new HashMap<>();

    private ServeSpring() {}

    /** Takes the file of exchanges. */
    public static void main(String[] arguments) throws IOException {
        FILTERS.putAll(Policies.all(arguments[0], JotgateAuthenticationFilter::new));
        SpringServer.run(Application.class);
    }

    /** The chain, and an application that answers everything. */
    @Configuration
    @EnableAutoConfiguration(exclude = UserDetailsServiceAutoConfiguration.class)
    static class Application {
        @Bean
        SecurityFilterChain security(HttpSecurity http) throws Exception {
            return SpringServer.chain(http, new ServeServlet.ByExchange(FILTERS));
        }

        @Bean
        ServletRegistrationBean<HttpServlet> application() {
            return SpringServer.telling(token -> token instanceof JotgateAuthentication ours ? ours.getPrincipal().claims() : null);
        }
    }
}
