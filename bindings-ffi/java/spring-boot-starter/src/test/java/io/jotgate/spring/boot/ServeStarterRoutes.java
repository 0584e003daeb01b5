package io.jotgate.spring.boot;

import io.jotgate.JwtValidator;
import io.jotgate.conformance.Policies;
import java.io.IOException;
import java.security.Principal;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;

/** Serves a controller behind the chain that the starter makes; {@code tests/conformance/targets.py} says what is asked of it. */
public final class ServeStarterRoutes {
    private static final Map<String, Map<String, JwtValidator>> VALIDATORS = new HashMap<>();

    /** For a request that names the policy of the other servlet. */
    private static final JwtValidator NOTHING_PASSES = JwtValidator.fromPolicy("""
            { "version": 1, "unmatched": "deny",
              "routes": [ { "path": "/none", "skip": true } ],
              "issuers": [ { "issuer": "https://none.test/", "audience": "none" } ] }""");

    private ServeStarterRoutes() {}

    /** Takes the file of policies, prints the port, and ends when standard input does. */
    public static void main(String[] arguments) throws IOException {
        for (String mount : new String[] {"", Policies.MOUNT}) {
            VALIDATORS.put(mount, Policies.at(mount, arguments[0], Function.identity()));
        }
        ServletWebServerApplicationContext context = (ServletWebServerApplicationContext) new SpringApplication(
                Application.class).run("--server.port=0", "--server.address=127.0.0.1", "--logging.level.root=off",
                "--spring.main.banner-mode=off", "--spring.main.web-application-type=servlet",
                "--jotgate.issuer=https://none.test/", "--jotgate.audience=none");
        System.out.println("{\"port\": " + context.getWebServer().getPort() + "}");
        while (System.in.read() >= 0) {
            // Nothing is said there.
        }
        System.exit(0);
    }

    /** The application with its second servlet. */
    @Configuration
    @EnableAutoConfiguration
    static class Application {
        @Bean
        Judge judge() {
            return new Judge(request -> VALIDATORS
                    .get(request.getServletPath().equals(Policies.MOUNT) ? Policies.MOUNT : "")
                    .getOrDefault(request.getHeader("X-Exchange"), NOTHING_PASSES));
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
            String subject = principal == null ? "none" : principal.getName();
            return ResponseEntity.ok().header("X-Handler", handler).header("X-Subject", subject).body(handler);
        }
    }
}
