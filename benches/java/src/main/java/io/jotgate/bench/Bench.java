package io.jotgate.bench;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures jotgate against its peers in Java: {@code java io.jotgate.bench.Bench TOKENS [--quick] [--cores NUMBER]}.
 * {@code run.py} calls it.
 */
public final class Bench {
    private static final int PASSES = 3;
    private static final int QUICK_PASSES = 1;
    private static final int ROUNDS = 50;
    private static final int QUICK_ROUNDS = 5;
    /** Longer than in other languages: the machine compiles what it runs, and better the longer it does. */
    private static final long WARM_UP_NANOS = 200_000_000;
    private static final long QUICK_WARM_UP_NANOS = 40_000_000;

    private Bench() {
    }

    public static void main(String[] arguments) throws Exception {
        List<String> flags = List.of(arguments).subList(1, arguments.length);
        boolean quick = flags.contains("--quick");
        int cores = flags.contains("--cores") ? Integer.parseInt(flags.get(flags.indexOf("--cores") + 1)) : 1;
        JsonObject file = new Gson().fromJson(Files.readString(Path.of(arguments[0])), JsonObject.class);
        Scenarios scenarios = new Scenarios(file, quick);
        List<Comparison> comparisons = new ArrayList<>();
        for (JsonElement element : file.getAsJsonArray("comparisons")) {
            Row row = new Row(element.getAsJsonObject());
            if (row.isMeasured(cores)) {
                comparisons.add(scenarios.comparison(row));
            }
        }
        int passes = quick ? QUICK_PASSES : PASSES;
        for (int pass = 1; pass <= passes; pass++) {
            System.err.printf("%s: pass %d of %d%n", Comparison.LANGUAGE, pass, passes);
            for (Comparison comparison : comparisons) {
                comparison.measure(quick ? QUICK_ROUNDS : ROUNDS, quick ? QUICK_WARM_UP_NANOS : WARM_UP_NANOS);
            }
        }
        comparisons.forEach(Comparison::print);
        // Libraries may have left threads behind.
        System.exit(0);
    }
}
