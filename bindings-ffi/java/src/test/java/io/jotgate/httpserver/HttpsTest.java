package io.jotgate.httpserver;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import io.jotgate.JwtValidator;
import io.jotgate.support.Issuer;
import io.jotgate.support.KeyServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpsTest {
    private static final char[] PASSWORD = "password".toCharArray();

    @TempDir
    Path folder;

    @Test
    void anHttpsExchangeStaysOne() throws Exception {
        SSLContext tls = selfSigned();
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

    /** The JDK makes certificates by its tool alone. */
    private SSLContext selfSigned() throws Exception {
        Path store = folder.resolve("store.p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-keystore", store.toString(), "-storepass", new String(PASSWORD), "-alias", "server",
                "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=dns:localhost,ip:127.0.0.1").start();
        assertEquals(0, keytool.waitFor());
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        own.init(keys, PASSWORD);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
        trusted.init(keys);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        return tls;
    }
}
