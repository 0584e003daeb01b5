package io.jotgate.conformance;

import java.security.Principal;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.WebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;

/** A controller of Spring MVC at the root and below a servlet's path: {@code tests/conformance/targets.py} asks for its routes. */
@RestController
public class SpringShop {
    @Bean
    ServletRegistrationBean<DispatcherServlet> mounted(WebApplicationContext context) {
        ServletRegistrationBean<DispatcherServlet> servlet =
                new ServletRegistrationBean<>(new DispatcherServlet(context), Policies.MOUNT + "/*");
        servlet.setName("mounted");
        return servlet;
    }

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
