package io.jotgate.conformance;

import io.jotgate.spring.JotgateAuthentication;
import io.jotgate.spring.JotgateAuthenticationFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.security.Principal;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;

/** Serves a controller of Spring MVC behind Spring Security, at the root and below a servlet's path; see {@link ServeRoutes}. */
public final class ServeSpringRoutes {
    private static final Map<String, Filter> FILTERS = new HashMap<>();

    private ServeSpringRoutes() {}

    /** Takes the file of policies, prints the port, and ends when standard input does. */
    public static void main(String[] arguments) throws IOException {
        for (String mount : new String[] {"", Policies.MOUNT}) {
            FILTERS.put(mount, new ServeServlet.ByExchange(
                    Policies.at(mount, arguments[0], JotgateAuthenticationFilter::new)));
        }
        ServletWebServerApplicationContext context = (ServletWebServerApplicationContext) new SpringApplication(
                Application.class).run("--server.port=0", "--server.address=127.0.0.1", "--logging.level.root=off",
                "--spring.main.banner-mode=off");
        System.out.println("{\"port\": " + context.getWebServer().getPort() + "}");
        while (System.in.read() >= 0) {
            // Nothing is said there.
        }
        System.exit(0);
    }

    /** The application with its second servlet. */
    @Configuration
    @EnableAutoConfiguration(exclude = UserDetailsServiceAutoConfiguration.class)
    static class Application {
        @Bean
        SecurityFilterChain security(HttpSecurity http) throws Exception {
            return http
                    .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                    .csrf(csrf -> csrf.disable())
                    .addFilterBefore(Application::byMount, AnonymousAuthenticationFilter.class)
                    .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .build();
        }

        private static void byMount(ServletRequest request, ServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            boolean mounted = ((HttpServletRequest) request).getServletPath().equals(Policies.MOUNT);
            FILTERS.get(mounted ? Policies.MOUNT : "").doFilter(request, response, chain);
        }

        @Bean
        Shop shop() {
            return new Shop();
        }

        @Bean
        ServletRegistrationBean<DispatcherServlet> mounted(WebApplicationContext context) {
            ServletRegistrationBean<DispatcherServlet> servlet =
                    new ServletRegistrationBean<>(new DispatcherServlet(context), Policies.MOUNT + "/*");
            servlet.setName("mounted");
            return servlet;
        }
    }

    /** The handlers. */
    @RestController
    static class Shop {
        @GetMapping("/orders")
        ResponseEntity<String> list(Principal principal) {
            return told("orders.list", principal);
        }

        @PostMapping("/orders")
        ResponseEntity<String> create(Principal principal) {
            return told("orders.create", principal);
        }

        @GetMapping("/orders/{id}")
        ResponseEntity<String> one(Principal principal) {
            return told("orders.one", principal);
        }

        @RequestMapping("/admin/**")
        ResponseEntity<String> admin(Principal principal) {
            return told("admin", principal);
        }

        @GetMapping("/health")
        ResponseEntity<String> health(Principal principal) {
            return told("health", principal);
        }

        @GetMapping("/catalog")
        ResponseEntity<String> catalog(Principal principal) {
            return told("catalog", principal);
        }

        @GetMapping("/open")
        ResponseEntity<String> open(Principal principal) {
            return told("open", principal);
        }

        private static ResponseEntity<String> told(String handler, Principal principal) {
            String subject = principal instanceof JotgateAuthentication ours ? ours.getName() : "none";
            return ResponseEntity.ok().header("X-Handler", handler).header("X-Subject", subject).body(handler);
        }
    }
}
