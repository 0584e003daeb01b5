package io.jotgate.conformance;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.jotgate.spring.JotgateAuthentication;
import io.jotgate.spring.JotgateAuthenticationFilter;
import jakarta.servlet.Filter;
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
import org.springframework.boot.autoconfigure.security.servlet.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.authentication.AnonymousAuthenticationFilter;

/** Serves HTTP exchanges through the filter in Spring Security's chain; see {@link Serve}. */
public final class ServeSpring {
    private static final Map<String, Filter> FILTERS = new HashMap<>();

    private ServeSpring() {}

    /** Takes the file of exchanges, prints the port, and ends when standard input does. */
    public static void main(String[] arguments) throws IOException {
        String document = Files.readString(Path.of(arguments[0]));
        for (JsonElement element : JsonParser.parseString(document).getAsJsonObject().getAsJsonArray("exchanges")) {
            JsonObject exchange = element.getAsJsonObject();
            FILTERS.put(exchange.get("id").getAsString(), new JotgateAuthenticationFilter(Serve.validator(exchange)));
        }
        ServletWebServerApplicationContext context = (ServletWebServerApplicationContext) new SpringApplication(
                Application.class).run("--server.port=0", "--server.address=127.0.0.1", "--logging.level.root=off",
                "--spring.main.banner-mode=off");
        System.out.println(new Gson().toJson(Map.of("port", context.getWebServer().getPort())));
        while (System.in.read() >= 0) {
            // Nothing is said there.
        }
        System.exit(0);
    }

    /** An application that answers everything. */
    @Configuration
    @EnableAutoConfiguration(exclude = UserDetailsServiceAutoConfiguration.class)
    static class Application {
        @Bean
        SecurityFilterChain security(HttpSecurity http) throws Exception {
            return http
                    .sessionManagement(sessions -> sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                    .csrf(csrf -> csrf.disable())
                    .addFilterBefore(new ServeServlet.ByExchange(FILTERS), AnonymousAuthenticationFilter.class)
                    .authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
                    .build();
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
            Object token = SecurityContextHolder.getContext().getAuthentication();
            Object claims = token instanceof JotgateAuthentication ours ? ours.getPrincipal().claims() : null;
            ServeServlet.tell(request, claims, response);
        }
    }
}
