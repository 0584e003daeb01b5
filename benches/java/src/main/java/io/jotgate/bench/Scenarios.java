package io.jotgate.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.jotgate.InvalidTokenException;
import io.jotgate.JwtOutcome;
import io.jotgate.JwtRequest;
import io.jotgate.JwtValidator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** What each kind of scenario comes to in Java. */
final class Scenarios {
    private static final String SUBJECT = "auth0|5f7c8ec7c33c6c004bbafe82";
    private static final String JOTGATE = System.getProperty("jotgate.version");

    private final JsonObject file;
    private final boolean quick;

    Scenarios(JsonObject file, boolean quick) {
        this.file = file;
        this.quick = quick;
    }

    /** A kind of scenario that is not known here is an error: it would be missed in silence. */
    Comparison comparison(Row row) throws Exception {
        JwtValidator validator = JwtValidator.fromPolicy(row.json().get("policy").toString());
        return new Comparison(row, switch (row.text("does")) {
            case "validate" -> validated(row, validator);
            case "refuse" -> refused(row, validator);
            case "request" -> requested(row, validator);
            case "cache" -> cached(row, validator);
            case "batch" -> batched(row, validator);
            default -> throw new IllegalArgumentException(
                    row.scenario() + ": nobody knows here how to " + row.text("does"));
        });
    }

    /** One claim read, all of them as a map, and none; the peers always parse all. */
    private List<Contender> validated(Row row, JwtValidator validator) throws Exception {
        String token = row.text("token");
        List<Contender> contenders = new ArrayList<>(List.of(
                ours("jotgate", row, () -> SUBJECT.equals(validator.validate(token).subject())),
                ours("jotgate, all claims", row, () -> SUBJECT.equals(validator.validate(token).claims().get("sub"))),
                ours("jotgate, claims unread", row, () -> validator.validate(token) != null)));
        for (Peer peer : Peer.of(file, row)) {
            contenders.add(theirs(peer, () -> SUBJECT.equals(peer.subject(token))));
        }
        return contenders;
    }

    /** A token that is refused, beside one that passes: an attacker must not cost more than a user. */
    private List<Contender> refused(Row row, JwtValidator validator) throws Exception {
        String token = row.text("token");
        String good = row.text("good");
        String code = row.name();
        BooleanSupplier refuses = () -> {
            try {
                validator.validate(token);
                return false;
            } catch (InvalidTokenException refusal) {
                return code.equals(refusal.code().toString());
            }
        };
        List<Contender> contenders = new ArrayList<>(List.of(
                ours("jotgate", row, refuses),
                ours("jotgate, accepting", row, () -> validator.validate(good) != null)));
        for (Peer peer : Peer.of(file, row)) {
            contenders.add(theirs(peer, () -> peer.subject(token) == null));
        }
        return contenders;
    }

    /** The token alone, and a request that carries it; claims unread. */
    private List<Contender> requested(Row row, JwtValidator validator) {
        String token = row.text("token");
        JsonObject request = row.json().getAsJsonObject("request");
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (JsonElement field : request.getAsJsonArray("headers")) {
            headers.put(field.getAsJsonArray().get(0).getAsString(), List.of(field.getAsJsonArray().get(1).getAsString()));
        }
        String method = request.get("method").getAsString();
        String path = request.get("path").getAsString();
        String query = request.get("query").getAsString();
        return List.of(
                ours("jotgate, token alone", row, () -> validator.validate(token) != null),
                ours("jotgate, request", row,
                        () -> validator.validateRequest(new JwtRequest(method, path, query, headers)).isPresent()));
    }

    /** With a cache of verified tokens that holds the token, and without. */
    private List<Contender> cached(Row row, JwtValidator validator) {
        String token = row.text("token");
        JwtValidator caching = JwtValidator.fromPolicy(row.json().get("cached_policy").toString());
        return List.of(
                ours("jotgate, cached", row, () -> SUBJECT.equals(caching.validate(token).subject())),
                ours("jotgate, cached, claims unread", row, () -> caching.validate(token) != null),
                ours("jotgate", row, () -> SUBJECT.equals(validator.validate(token).subject())));
    }

    /** A batch has as many threads as there are processors: one thread is one token after the other. */
    private List<Contender> batched(Row row, JwtValidator validator) {
        List<String> distinct = row.texts("distinct");
        List<String> tokens = new ArrayList<>();
        int count = row.number(quick ? "quick_tokens" : "tokens");
        for (int place = 0; place < count; place++) {
            tokens.add(distinct.get(place % distinct.size()));
        }
        BooleanSupplier together = () -> validator.validateMany(tokens).stream().allMatch(Scenarios::passed);
        BooleanSupplier oneByOne = () -> tokens.stream().allMatch(token -> validator.validate(token) != null);
        return List.of(
                new Contender("jotgate, one by one", JOTGATE, provider(row), count, oneByOne),
                new Contender("jotgate, two threads", JOTGATE, provider(row), count, together));
    }

    private static boolean passed(JwtOutcome outcome) {
        return outcome instanceof JwtOutcome.Accepted;
    }

    private static Contender ours(String name, Row row, BooleanSupplier operation) {
        return new Contender(name, JOTGATE, provider(row), 1, operation);
    }

    /** The library verifies with aws-lc, and hashes with ring: core/docs/adr/0005-two-providers.md. */
    private static String provider(Row row) {
        return row.algorithm().startsWith("HS") ? "ring" : "aws-lc";
    }

    private static Contender theirs(Peer peer, BooleanSupplier operation) {
        return new Contender(peer.name(), peer.version(), "JCA", 1, operation);
    }
}
