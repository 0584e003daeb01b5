package io.jotgate.conformance;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.context.WebServerApplicationContext;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;

/** What the servers on Spring Boot have in common: all but the chain that stands in front of their applications. */
public final class SpringServer {
    private SpringServer() {}

    /** Runs an application, prints its port, and ends when standard input does. */
    public static void run(Class<?> application, String... properties) throws IOException {
        List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--server.address=127.0.0.1",
                "--logging.level.root=off", "--spring.main.banner-mode=off"));
        for (String property : properties) {
            arguments.add("--" + property);
        }
        var context = (WebServerApplicationContext) new SpringApplication(application).run(arguments.toArray(String[]::new));
        System.out.println("{\"port\": " + context.getWebServer().getPort() + "}");
        while (System.in.read() >= 0) {
            // Nothing is said there.
        }
        System.exit(0);
    }

    /** A chain with this filter, which asks for nothing else. */
    static SecurityFilterChain chain(HttpSecurity http, Filter filter) throws Exception {
        return http
                .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                .csrf(csrf -> csrf.disable())
                .addFilterBefore(filter, AnonymousAuthenticationFilter.class)
                .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                .build();
    }

    /** An application that answers everything with what it sees; {@code claims} are those of what the chain left, or null. */
    public static ServletRegistrationBean<HttpServlet> telling(Function<Authentication, Object> claims) {
        return new ServletRegistrationBean<>(new HttpServlet() {
            private static final long serialVersionUID = 1L;

            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
                Authentication token = SecurityContextHolder.getContext().getAuthentication();
                ServeServlet.tell(request, token == null ? null : claims.apply(token), response);
            }
        }, "/*");
    }
}
