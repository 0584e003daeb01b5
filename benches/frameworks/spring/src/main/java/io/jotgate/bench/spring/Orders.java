package io.jotgate.bench.spring;

import jakarta.servlet.http.HttpServletRequest;
import java.security.Principal;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The application. */
@RestController
public class Orders {
    private final Config config;

    Orders(Config config) {
        this.config = config;
    }

    @GetMapping("/orders")
    Map<String, String> orders(HttpServletRequest request) {
        Principal principal = request.getUserPrincipal();
        return Map.of("owner", principal == null ? config.subject() : principal.getName());
    }
}
