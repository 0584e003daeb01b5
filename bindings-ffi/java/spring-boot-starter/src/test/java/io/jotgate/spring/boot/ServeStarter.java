package io.jotgate.spring.boot;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jotgate.JwtValidator;
import io.jotgate.conformance.Serve;
import io.jotgate.conformance.ServeServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/** Serves HTTP exchanges through the chain that the starter makes; {@code tests/conformance/exchanges.py} says what is asked of it. */
public final class ServeStarter {
    private static final Map<String, JwtValidator> VALIDATORS = new HashMap<>();

    private ServeStarter() {}

    /** Takes the file of exchanges, prints the port, and ends when standard input does. */
    public static void main(String[] arguments) throws IOException {
        String document = Files.readString(Path.of(arguments[0]));
        for (JsonElement element : JsonParser.parseString(document).getAsJsonObject().getAsJsonArray("exchanges")) {
            JsonObject exchange = element.getAsJsonObject();
            VALIDATORS.put(exchange.get("id").getAsString(), Serve.validator(exchange));
        }
        ServletWebServerApplicationContext context = (ServletWebServerApplicationContext) new SpringApplication(
                Application.class).run("--server.port=0", "--server.address=127.0.0.1", "--logging.level.root=off",
                "--spring.main.banner-mode=off", "--spring.main.web-application-type=servlet",
                "--jotgate.issuer=https://none.test/", "--jotgate.audience=none");
        System.out.println(new Gson().toJson(Map.of("port", context.getWebServer().getPort())));
        while (System.in.read() >= 0) {
            // Nothing is said there.
        }
        System.exit(0);
    }

    /** An application that answers everything; each exchange has a policy of its own. */
    @Configuration
    @EnableAutoConfiguration
    static class Application {
        @Bean
        Judge judge() {
            return new Judge(request -> VALIDATORS.get(request.getHeader("X-Exchange")));
        }

        @Bean
        ServletRegistrationBean<Seen> application() {
            return new ServletRegistrationBean<>(new Seen(), "/*");
        }
    }

    /** Tells what it sees. */
    private static final class Seen extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            Authentication token = SecurityContextHolder.getContext().getAuthentication();
            Object claims = token != null && token.getPrincipal() instanceof JotgateJwt ours
                    ? ours.verified().orElseThrow().claims() : null;
            ServeServlet.tell(request, claims, response);
        }
    }
}
