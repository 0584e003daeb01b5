package io.jotgate;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Tokens that are judged together, and what they have come to. */
final class Batch implements AutoCloseable {
    /** Tokens that wait for the same keys. */
    static final class Waiting {
        final long[] ids;
        private final List<Integer> places = new ArrayList<>();
        private long patienceMillis;

        private Waiting(long[] ids) {
            this.ids = ids;
        }

        long patienceMillis() {
            return patienceMillis;
        }
    }

    private static final int MOST_TOKENS = 4096;
    private static final int MOST_BYTES = 8 << 20;
    private static final int LONGEST = 1 << 30;

    private final List<String> tokens;
    private final @Nullable Instant asOf;
    /** By place; null where there is none yet, and where there is a problem in its stead. */
    private final @Nullable Verdict[] verdicts;
    private final @Nullable JotgateException[] problems;
    /** The places of those that are to be asked about. */
    private List<Integer> open;

    /**
     * @param asOf null for the time that it is
     * @throws NullPointerException there is no list, or not a token in each of its places
     */
    Batch(List<String> tokens, @Nullable Instant asOf) {
        this.tokens = List.copyOf(tokens);
        this.asOf = asOf;
        verdicts = new Verdict[this.tokens.size()];
        problems = new JotgateException[verdicts.length];
        open = IntStream.range(0, verdicts.length).boxed().toList();
    }

    boolean isOpen() {
        return !open.isEmpty();
    }

    /**
     * Asks once about each token that is open. Gives those that need keys first, the least patient in front; nobody is asked
     * about any more then.
     *
     * @param startWork is called where there is work
     */
    List<Waiting> ask(Core core, long now, Runnable startWork) {
        Map<List<Long>, Waiting> waiting = new HashMap<>();
        List<Integer> asked = open;
        open = new ArrayList<>();
        for (int from = 0; from < asked.size();) {
            List<Integer> places = crossing(asked.subList(from, asked.size()));
            from += places.size();
            if (take(places, core, now, waiting)) {
                startWork.run();
            }
        }
        return waiting.values().stream().sorted(Comparator.comparingLong(Waiting::patienceMillis)).toList();
    }

    void askAgain(Waiting some) {
        open.addAll(some.places);
    }

    /** These tokens have no verdict and will have none; each has a problem of its own. */
    void giveUp(Waiting some, Supplier<JotgateException> problem) {
        giveUp(some.places, problem);
    }

    /** What the tokens have come to, in their order. The application is asked now, about one after the other. */
    List<JwtOutcome> outcomes(HostChecks host) {
        List<JwtOutcome> outcomes = new ArrayList<>(verdicts.length);
        for (int place = 0; place < verdicts.length; place++) {
            outcomes.add(problems[place] == null ? host.outcome(verdicts[place]) : new JwtOutcome.Refused(problems[place]));
        }
        return Collections.unmodifiableList(outcomes);
    }

    /** What the policy says of the tokens, in their order. The application is not asked. */
    List<JwtJudgement> judgements(HostChecks host) {
        List<JwtJudgement> judgements = new ArrayList<>(verdicts.length);
        for (int place = 0; place < verdicts.length; place++) {
            judgements.add(problems[place] == null
                    ? new JwtJudgement(host, verdicts[place]) : new JwtJudgement(host, problems[place]));
        }
        return Collections.unmodifiableList(judgements);
    }

    /** Gives up the tokens about which the application was not asked. */
    @Override
    public void close() {
        for (Verdict verdict : verdicts) {
            if (verdict != null) {
                verdict.dismiss();
            }
        }
    }

    /** The first of these places, whose tokens cross at once: more would be no faster, and take more memory. */
    private List<Integer> crossing(List<Integer> places) {
        long bytes = 0;
        int count = 0;
        while (count < places.size() && count < MOST_TOKENS) {
            bytes += tokens.get(places.get(count)).length();
            if (count > 0 && bytes > MOST_BYTES) {
                break;
            }
            count++;
        }
        return places.subList(0, count);
    }

    /** Asks about these, and says whether there is work. */
    private boolean take(List<Integer> places, Core core, long now, Map<List<Long>, Waiting> waiting) {
        List<Verdict> given;
        try {
            given = core.validateMany(places.stream().map(this::token).toList(), asOf == null ? now : asOf.toEpochMilli(), now);
        } catch (InternalErrorException failed) {
            giveUp(places, () -> new InternalErrorException("the native library gave no verdict"));
            return false;
        }
        for (int i = 0; i < given.size(); i++) {
            Verdict verdict = given.get(i);
            if (verdict.needsKeys()) {
                join(waiting, verdict, places.get(i));
            } else {
                verdicts[places.get(i)] = verdict;
            }
        }
        return given.get(0).workDue();
    }

    /** No policy takes a token as long as the longest, or what is left of it. */
    private String token(int place) {
        String token = tokens.get(place);
        return token.substring(0, Math.min(token.length(), LONGEST));
    }

    private void giveUp(List<Integer> places, Supplier<? extends JotgateException> problem) {
        places.forEach(place -> problems[place] = problem.get());
    }

    private static void join(Map<List<Long>, Waiting> waiting, Verdict verdict, int place) {
        long[] ids = verdict.waitFor();
        Waiting some = waiting.computeIfAbsent(Arrays.stream(ids).boxed().toList(), key -> new Waiting(ids));
        some.patienceMillis = Math.max(some.patienceMillis, verdict.patienceMillis());
        some.places.add(place);
    }
}
