package io.jotgate;

import static io.jotgate.support.Issuer.payload;

import io.jotgate.support.Issuer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Validates many tokens in every way, and looks whether the process has grown: a program of its own, with a small heap that is
 * taken whole at the beginning. Prints "done".
 */
final class Soak {
    /** What compiled code and the allocator may still take after the first tenth. */
    private static final long MOST_GROWTH_KIB = 24 << 10;
    /** Validations in one round. */
    private static final int ROUND = 20;

    private Soak() {}

    public static void main(String[] arguments) throws IOException {
        long validations = Long.parseLong(arguments[0]);
        Issuer issuer = new Issuer("a");
        JwtValidatorBuilder options = JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE)
                .clock(Clock.fixed(Instant.ofEpochSecond(1_800_000_000), ZoneOffset.UTC));
        try (JwtValidator plain = options.secret(Issuer.SECRET).build();
                JwtValidator asking = JwtValidator.builder().issuer(Issuer.NAME).audience(Issuer.AUDIENCE)
                        .clock(Clock.fixed(Instant.ofEpochSecond(1_800_000_000), ZoneOffset.UTC))
                        .jwksUri("https://idp.test/jwks").revocationCheck(jwt -> "mallory".equals(jwt.subject()))
                        .onEvent(event -> {})
                        .fetcher(request -> new FetchResponse(200, issuer.jwks().getBytes(StandardCharsets.UTF_8))).build()) {
            String good = Issuer.hs256(payload(1_800_000_060, "\"sub\":\"alice\"", "\"roles\":[\"a\",{\"b\":1}]"));
            String expired = Issuer.hs256(payload(1_799_999_000));
            String fetched = issuer.es256(payload(1_800_000_060, "\"sub\":\"mallory\""));
            JwtRequirement requirement = JwtRequirement.scopes("orders:write");
            long before = 0;
            for (long done = 0; done < validations; done += ROUND) {
                if (before == 0 && done >= validations / 10) {
                    before = residentKib();
                }
                round(plain, good, expired, requirement);
                refused(() -> asking.validate(fetched));
                if (done % 1000 == 0) {
                    asking.refreshKeys();
                    plain.explain(good).text();
                    asking.importKeys(asking.exportKeys());
                }
            }
            long grown = residentKib() - before;
            if (grown > MOST_GROWTH_KIB) {
                throw new AssertionError(grown + " KiB more after " + validations + " validations");
            }
            System.out.println("done");
        }
    }

    private static void round(JwtValidator validator, String good, String expired, JwtRequirement requirement) {
        JwtRequest request = new JwtRequest("GET", "/orders", "", Map.of("Authorization", List.of("Bearer " + good)));
        for (int i = 0; i < 4; i++) {
            VerifiedJwt jwt = validator.validate(good);
            jwt.claim("roles");
            jwt.claims();
            refused(() -> validator.validate(expired));
            refused(() -> validator.require(validator.validateRequest(request), requirement));
        }
        validator.validateMany(List.of(good, expired, good, good, good, expired));
        validator.forward(request, Optional.of(validator.validateAsync(good).join()));
    }

    private static void refused(Runnable call) {
        try {
            call.run();
        } catch (InvalidTokenException expected) {
            return;
        }
        throw new AssertionError("not refused");
    }

    /** Where the system does not tell, nothing is said to have grown, and the output says so. */
    private static long residentKib() throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            System.out.println("NOT LOOKED AT: this system does not tell what the process takes");
            return 1;
        }
        return Files.readAllLines(status).stream().filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElseThrow();
    }
}
