package io.jotgate;

import static io.jotgate.support.Issuer.payload;

import io.jotgate.support.Issuer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.CountDownLatch;

/** A program that ends while one store hangs in {@code load} and another one in {@code save}. */
final class StoreExit {
    private StoreExit() {}

    private record Hanging(boolean inLoad, CountDownLatch hangs) implements KeyStore {
        @Override
        public String load() {
            return inLoad ? hang() : null;
        }

        @Override
        public void save(String text) {
            hang();
        }

        private String hang() {
            hangs.countDown();
            for (;;) {
                Thread.onSpinWait();
            }
        }
    }

    public static void main(String[] arguments) throws InterruptedException {
        Issuer issuer = new Issuer("a");
        String token = issuer.es256(payload(1_800_000_060));
        CountDownLatch hang = new CountDownLatch(2);
        for (boolean inLoad : new boolean[] {true, false}) {
            JwtValidator validator = JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE)
                    .clock(Clock.fixed(Instant.ofEpochSecond(1_800_000_000), ZoneOffset.UTC))
                    .jwksUri("https://idp.test/jwks").store(new Hanging(inLoad, hang))
                    .fetcher(request -> new FetchResponse(200, issuer.jwks().getBytes(StandardCharsets.UTF_8))).build();
            validator.validateAsync(token);
        }
        hang.await();
        System.out.println("done");
    }
}
