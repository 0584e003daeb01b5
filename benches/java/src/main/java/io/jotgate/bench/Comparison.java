package io.jotgate.bench;

import com.google.gson.Gson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One row of the table: the same token put to several libraries. Ratios refer to the first.
 *
 * <p>All contenders take turns in short chunks, in rotating order, so that whatever else the machine does meets all of
 * them alike. The programs of the other languages work in the same way.
 */
record Comparison(Row row, List<Contender> contenders) {
    static final String LANGUAGE = "java";

    void measure(int rounds, long warmUpNanos) {
        contenders.forEach(contender -> contender.warmUp(warmUpNanos));
        // Of what is long one round will do.
        int turns = row.cores() > 1 ? 1 : rounds;
        for (int round = 0; round < turns; round++) {
            for (int turn = 0; turn < contenders.size(); turn++) {
                contenders.get((round + turn) % contenders.size()).chunk();
            }
        }
    }

    void print() {
        List<Double> base = compared(contenders.get(0));
        for (Contender contender : contenders) {
            List<Double> ratios = new ArrayList<>();
            for (int round = 0; round < base.size(); round++) {
                ratios.add(compared(contender).get(round) / base.get(round));
            }
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("language", LANGUAGE);
            line.put("library", contender.name);
            line.put("version", contender.version);
            line.put("provider", contender.provider);
            line.put("scenario", row.scenario());
            line.put("algorithm", row.algorithm());
            line.put("size", row.size());
            line.put("case", row.name());
            line.put("median_ns", quantile(contender.wall, 0.5));
            line.put("p10_ns", quantile(contender.wall, 0.1));
            line.put("cpu_ns", quantile(contender.cpu, 0.5));
            line.put("ratio", quantile(ratios, 0.5));
            System.out.println(new Gson().toJson(line));
        }
    }

    /** Processor time; where several threads are at work, what has passed. */
    private List<Double> compared(Contender contender) {
        return row.cores() > 1 ? contender.wall : contender.cpu;
    }

    private static double quantile(List<Double> values, double share) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.round((sorted.size() - 1) * share));
    }
}
