package io.jotgate;

import static io.jotgate.support.Issuer.payload;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

/** The fetcher of the library's own asks for nothing compressed and decodes nothing, so no answer grows beyond its bound. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CompressionTest {
    private static final long NOW = 1_800_000_000;

    @Test
    void whatIsCompressedAllTheSameIsNamed() throws Exception {
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
            KeysUnavailableException problem =
                    assertThrows(KeysUnavailableException.class, () -> validator.validate(issuer.es256(payload(NOW + 60))));
            assertTrue(problem.getMessage().contains("compressed_body"), problem.getMessage());
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
