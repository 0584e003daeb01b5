package io.jotgate.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import io.jotgate.JwtValidator;
import io.jotgate.support.Issuer;
import io.jotgate.support.KeyServer;
import io.jotgate.support.SelfSigned;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpsTest {
    @TempDir
    Path folder;

    @Test
    void anHttpsExchangeStaysOne() throws Exception {
        SSLContext tls = SelfSigned.tls(folder);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        ExecutorService executor = Executors.newCachedThreadPool();
        server.setExecutor(executor);
        try (JwtValidator validator = JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE)
                .secret(Issuer.SECRET).build()) {
            HttpContext context = server.createContext("/", exchange -> {
                try (exchange) {
                    String protocol = ((HttpsExchange) exchange).getSSLSession().getProtocol();
                    KeyServer.send(exchange, 200, "text/plain",
                            JotgateFilter.verified(exchange).subject() + " by " + protocol);
                }
            });
            context.getFilters().add(new JotgateFilter(validator));
            server.start();
            HttpRequest request = HttpRequest.newBuilder(URI.create("https://localhost:" + server.getAddress().getPort() + "/"))
                    .header("Authorization", "Bearer " + Issuer.hs256(Issuer.payload(4_000_000_000L, "\"sub\":\"alice\"")))
                    .build();
            HttpResponse<String> response = HttpClient.newBuilder().sslContext(tls).build()
                    .send(request, HttpResponse.BodyHandlers.ofString());
            assertEquals("alice by TLSv1.3", response.body());
        } finally {
            server.stop(0);
            executor.shutdownNow();
        }
    }
}
