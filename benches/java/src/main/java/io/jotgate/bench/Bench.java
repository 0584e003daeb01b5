package io.jotgate.bench;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.nimbusds.jwt.JWTClaimsSet;
import io.jotgate.InvalidTokenException;
import io.jotgate.JwtValidator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** Measures jotgate against Nimbus: {@code java io.jotgate.bench.Bench TOKENS [--quick]}. {@code run.py} calls it. */
public final class Bench {
    private static final String SUBJECT = "auth0|5f7c8ec7c33c6c004bbafe82";
    private static final int PASSES = 3;
    private static final int ROUNDS = 50;
    private static final int QUICK_ROUNDS = 5;
    /** Longer than in other languages: the machine compiles what it runs, and better the longer it does. */
    private static final long WARM_UP_NANOS = 200_000_000;
    private static final long QUICK_WARM_UP_NANOS = 40_000_000;

    private final JsonObject file;
    private final String jotgateVersion = System.getProperty("jotgate.version");
    private final String nimbusVersion = mavenVersion("com.nimbusds", "nimbus-jose-jwt");

    private Bench(JsonObject file) {
        this.file = file;
    }

    public static void main(String[] arguments) throws Exception {
        boolean quick = List.of(arguments).contains("--quick");
        Bench bench = new Bench(new Gson().fromJson(Files.readString(Path.of(arguments[0])), JsonObject.class));
        List<Comparison> comparisons = new ArrayList<>();
        for (JsonElement row : bench.file.getAsJsonArray("rows")) {
            comparisons.add(bench.accepted(row.getAsJsonObject()));
        }
        for (JsonElement rejection : bench.file.getAsJsonArray("rejections")) {
            comparisons.add(bench.rejected(rejection.getAsJsonObject()));
        }
        for (int pass = 0; pass < PASSES; pass++) {
            for (Comparison comparison : comparisons) {
                comparison.measure(quick ? QUICK_ROUNDS : ROUNDS, quick ? QUICK_WARM_UP_NANOS : WARM_UP_NANOS);
            }
        }
        comparisons.forEach(Comparison::print);
    }

    /** With the claims read, as applications do, and with claims that nobody reads; Nimbus always parses them. */
    private Comparison accepted(JsonObject row) throws Exception {
        String token = text(row, "token");
        JwtValidator validator = JwtValidator.fromPolicy(row.get("policy").toString());
        Nimbus nimbus = nimbus(row);
        return new Comparison(text(row, "algorithm"), text(row, "size"), "accepted", List.of(
                new Contender("jotgate", jotgateVersion, () -> SUBJECT.equals(validator.validate(token).subject())),
                new Contender("jotgate, claims unread", jotgateVersion, () -> validator.validate(token) != null),
                new Contender("nimbus-jose-jwt", nimbusVersion, () -> {
                    JWTClaimsSet claims = nimbus.validate(token);
                    return claims != null && SUBJECT.equals(claims.getSubject());
                })));
    }

    private Comparison rejected(JsonObject rejection) throws Exception {
        String token = text(rejection, "token");
        String code = text(rejection, "case");
        JwtValidator validator = JwtValidator.fromPolicy(rejection.get("policy").toString());
        Nimbus nimbus = nimbus(rowOf(rejection));
        return new Comparison(text(rejection, "algorithm"), text(rejection, "size"), code, List.of(
                new Contender("jotgate", jotgateVersion, () -> {
                    try {
                        validator.validate(token);
                        return false;
                    } catch (InvalidTokenException refusal) {
                        return code.equals(refusal.code().toString());
                    }
                }),
                new Contender("nimbus-jose-jwt", nimbusVersion, () -> nimbus.validate(token) == null)));
    }

    private Nimbus nimbus(JsonObject row) throws Exception {
        return new Nimbus(text(file, "issuer"), text(file, "audience"), text(row, "algorithm"),
                row.getAsJsonObject("jwk"));
    }

    private JsonObject rowOf(JsonObject rejection) {
        for (JsonElement element : file.getAsJsonArray("rows")) {
            JsonObject row = element.getAsJsonObject();
            if (text(row, "algorithm").equals(text(rejection, "algorithm"))
                    && text(row, "size").equals(text(rejection, "size"))) {
                return row;
            }
        }
        throw new IllegalStateException("no row for " + rejection.get("algorithm"));
    }

    private static String text(JsonObject object, String name) {
        return object.get(name).getAsString();
    }

    private static String mavenVersion(String group, String artifact) {
        String path = "/META-INF/maven/" + group + "/" + artifact + "/pom.properties";
        try (var stream = Bench.class.getResourceAsStream(path)) {
            Properties properties = new Properties();
            properties.load(stream);
            return properties.getProperty("version");
        } catch (java.io.IOException problem) {
            throw new java.io.UncheckedIOException(problem);
        }
    }
}
