package io.jotgate.conformance;

import io.jotgate.spring.JotgateAuthenticationFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/** Serves {@link SpringShop} behind the filter in Spring Security's chain. */
public final class ServeSpringRoutes {
    private static final Map<String, Filter> FILTERS = new HashMap<>();

    private ServeSpringRoutes() {}

    /** Takes the file of policies. */
    public static void main(String[] arguments) throws IOException {
        for (String mount : new String[] {"", Policies.MOUNT}) {
            FILTERS.put(mount, new ServeServlet.ByExchange(
                    Policies.at(mount, arguments[0], JotgateAuthenticationFilter::new)));
        }
        SpringServer.run(Application.class);
    }

    /** The chain. */
    @Configuration
    @EnableAutoConfiguration(exclude = UserDetailsServiceAutoConfiguration.class)
    @Import(SpringShop.class)
    static class Application {
        @Bean
        SecurityFilterChain security(HttpSecurity http) throws Exception {
            return SpringServer.chain(http, Application::byMount);
        }

        private static void byMount(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            boolean mounted = ((HttpServletRequest) request).getServletPath().equals(Policies.MOUNT);
            FILTERS.get(mounted ? Policies.MOUNT : "").doFilter(request, response, chain);
        }
    }
}
