package orders;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** A protected service; application.properties says whose tokens it takes. */
@SpringBootApplication
@EnableMethodSecurity
@RestController
public class Orders {
    public static void main(String[] arguments) {
        SpringApplication.run(Orders.class, arguments);
    }

    @GetMapping("/orders")
    String list(@AuthenticationPrincipal Jwt jwt) {
        return "orders of " + jwt.getSubject();
    }

    @PostMapping("/orders")
    @PreAuthorize("hasAuthority('SCOPE_orders:write')")
    String create(@AuthenticationPrincipal Jwt jwt) {
        return "an order of " + jwt.getSubject();
    }
}
