package io.jotgate.keysets;

import io.jotgate.keysets.Libraries.Maker;
import io.jotgate.keysets.Libraries.Validate;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The four experiments: how many requests for the key set came in, and how many tokens were accepted. */
record Experiments(Material given, Maker maker) {
    record Result(int fetches, int accepted) {}

    /** One experiment, with a key set of its own at {@code place}. */
    interface Experiment {
        Result run(String place) throws Exception;
    }

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    Map<String, Experiment> all() {
        Map<String, Experiment> all = new LinkedHashMap<>();
        all.put("burst", this::burst);
        all.put("junkKids", this::junkKids);
        all.put("down", this::down);
        all.put("outage", this::outage);
        return all;
    }

    /** Fifty at once, and no keys at hand. */
    private Result burst(String place) throws Exception {
        Validate validate = made(place, null);
        ExecutorService threads = Executors.newFixedThreadPool(given.burst().size());
        CyclicBarrier together = new CyclicBarrier(given.burst().size());
        List<Future<Integer>> ended = new ArrayList<>();
        for (String token : given.burst()) {
            ended.add(threads.submit(() -> {
                together.await();
                return accepted(validate, token, 1);
            }));
        }
        int passed = 0;
        for (Future<Integer> one : ended) {
            passed += one.get();
        }
        threads.shutdown();
        return new Result(count(place), passed);
    }

    /** Tokens whose keys nobody has, one after the other, and then a good one again. */
    private Result junkKids(String place) throws Exception {
        Validate validate = made(place, null);
        validate.token(given.good());
        int before = count(place);
        for (String token : given.junk()) {
            if (accepted(validate, token, 1) != 0) {
                throw new IllegalStateException("junk was accepted");
            }
        }
        return new Result(count(place) - before, accepted(validate, given.good(), 1));
    }

    /** Ten good tokens, and the issuer has been down from the beginning. */
    private Result down(String place) throws Exception {
        send(HttpRequest.newBuilder(URI.create(place + "/down")).POST(HttpRequest.BodyPublishers.noBody()));
        if (accepted(made(place, null), given.good(), 10) != 0) {
            throw new IllegalStateException("a token was accepted without keys");
        }
        return new Result(count(place), 0);
    }

    /** Ten good tokens after the keys' freshness ended and the issuer went down. */
    private Result outage(String place) throws Exception {
        Validate validate = made(place, Duration.ofSeconds(1));
        validate.token(given.good());
        int before = count(place);
        send(HttpRequest.newBuilder(URI.create(place + "/down")).POST(HttpRequest.BodyPublishers.noBody()));
        Thread.sleep(1_500);
        int passed = accepted(validate, given.good(), 10);
        // A refresh in the background may still be on its way to the issuer.
        Thread.sleep(200);
        return new Result(count(place) - before, passed);
    }

    private Validate made(String place, Duration freshness) throws Exception {
        return maker.make(given, place + "/jwks", freshness);
    }

    private static int accepted(Validate validate, String token, int times) {
        int passed = 0;
        for (int time = 0; time < times; time++) {
            try {
                validate.token(token);
                passed++;
            } catch (Exception refused) {
                // Whatever a library throws, it has not accepted.
            }
        }
        return passed;
    }

    private static int count(String place) throws Exception {
        return Integer.parseInt(send(HttpRequest.newBuilder(URI.create(place + "/count"))));
    }

    private static String send(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    }
}
