package io.jotgate;

import static io.jotgate.support.Issuer.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.jotgate.support.Issuer;
import io.jotgate.support.KeyServer;
import io.jotgate.support.TestClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The fetcher of the library's own asks for nothing compressed. A server that compresses all the same is read by the core, within its bound. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CompressionTest {
    private static final long NOW = 1_800_000_000;

    @Test
    void whatIsCompressedAllTheSameIsRead() throws Exception {
        Issuer issuer = new Issuer("a");
        byte[] packed = gzip(issuer.jwks());
        AtomicReference<String> asked = new AtomicReference<>();
        KeyServer.Behaviour compressing = exchange -> {
            asked.set(exchange.getRequestHeaders().getFirst("Accept-Encoding"));
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            exchange.sendResponseHeaders(200, packed.length);
            exchange.getResponseBody().write(packed);
        };
        try (KeyServer server = new KeyServer(compressing);
                JwtValidator validator = JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE).jwksUri(server.url())
                        .clock(new TestClock(Instant.ofEpochSecond(NOW))).build()) {
            validator.validate(issuer.es256(payload(NOW + 60)));
            assertEquals("identity", asked.get());
        }
    }

    private static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return packed.toByteArray();
    }
}
