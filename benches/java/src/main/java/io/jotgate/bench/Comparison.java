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
record Comparison(String algorithm, String size, String name, List<Contender> contenders) {
    void measure(int rounds, long warmUpNanos) {
        contenders.forEach(contender -> contender.warmUp(warmUpNanos));
        for (int round = 0; round < rounds; round++) {
            for (int turn = 0; turn < contenders.size(); turn++) {
                contenders.get((round + turn) % contenders.size()).chunk();
            }
        }
    }

    void print() {
        List<Double> base = contenders.get(0).chunks;
        for (Contender contender : contenders) {
            List<Double> ratios = new ArrayList<>();
            for (int round = 0; round < base.size(); round++) {
                ratios.add(contender.chunks.get(round) / base.get(round));
            }
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("language", "java");
            line.put("library", contender.library);
            line.put("version", contender.version);
            line.put("algorithm", algorithm);
            line.put("size", size);
            line.put("case", name);
            line.put("median_ns", quantile(contender.chunks, 0.5));
            line.put("p10_ns", quantile(contender.chunks, 0.1));
            line.put("ratio", quantile(ratios, 0.5));
            System.out.println(new Gson().toJson(line));
        }
    }

    private static double quantile(List<Double> values, double share) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.round((sorted.size() - 1) * share));
    }
}
