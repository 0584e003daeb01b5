package io.jotgate.bench.spring;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Import;

/**
 * {@code Server CONTENDER CONFIG}: one application in Spring Boot, with the filter of one contender or none. Without Spring Security on the
 * class path it is the unprotected one, or that with jotgate's servlet filter.
 */
public final class Server {
    private Server() {
    }

    /** What all of them have. */
    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Import(Orders.class)
    public static class Application {
    }

    public static void main(String[] arguments) throws Exception {
        Config config = Config.read(Path.of(arguments[1]));
        List<Class<?>> sources = new ArrayList<>(List.of(Application.class));
        switch (arguments[0]) {
            case "jotgate" -> sources.add(WithJotgate.class);
            case "jotgate, servlet filter" -> sources.add(WithServletFilter.class);
            case "oauth2-resource-server" -> sources.add(WithResourceServer.class);
            default -> { }
        }
        SpringApplication application = new SpringApplication(sources.toArray(Class<?>[]::new));
        application.addInitializers(context -> context.getBeanFactory().registerSingleton("config", config));
        // Tomcat's own limit closes a connection after a hundred requests.
        application.setDefaultProperties(Map.of("server.port", "0", "server.address", "127.0.0.1",
                "server.tomcat.max-keep-alive-requests", "-1",
                "spring.main.banner-mode", "off", "logging.level.root", "WARN"));
        WebServerApplicationContext context = (WebServerApplicationContext) application.run();
        System.out.println("{\"port\":" + context.getWebServer().getPort() + "}");
    }
}
