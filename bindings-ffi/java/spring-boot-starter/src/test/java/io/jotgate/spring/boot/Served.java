package io.jotgate.spring.boot;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;

/** A real application on a real port. */
final class Served implements AutoCloseable {
    final ServletWebServerApplicationContext context;

    Served(Class<?> application, String... properties) {
        List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--server.address=127.0.0.1",
                "--spring.main.banner-mode=off", "--spring.main.web-application-type=servlet", "--logging.level.root=warn"));
        for (String property : properties) {
            arguments.add("--" + property);
        }
        context = (ServletWebServerApplicationContext)
                new SpringApplication(application).run(arguments.toArray(String[]::new));
    }

    HttpResponse<String> send(String method, String path, String... fields) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + context.getWebServer().getPort() + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        if (fields.length > 0) {
            request.headers(fields);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path, String... fields) throws Exception {
        return send("GET", path, fields);
    }

    @Override
    public void close() {
        context.close();
    }
}
