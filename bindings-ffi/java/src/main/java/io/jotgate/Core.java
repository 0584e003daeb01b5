package io.jotgate;

import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The native validator as a Java object. Any number of threads may use it at once. */
final class Core {
    static final Cleaner CLEANER = Cleaner.create();
    private static final byte[] NOTHING = {};

    /** The parts of requests that the policy reads. */
    final RequestParts reads;

    /** Whether the policy changes requests that go on. */
    final boolean forwards;

    private final Handle handle;
    private final Cleaner.Cleanable cleanable;

    /** @throws PolicyException the policy document is refused */
    static Core open(String policy, boolean clientLookup, boolean revocationCheck, boolean store) {
        NativeLibrary.load();
        long[] address = new long[1];
        // The seed spreads refreshes over time and protects nothing.
        long seed = ThreadLocalRandom.current().nextLong();
        byte[] document = References.fill(policy, null).getBytes(StandardCharsets.UTF_8);
        byte[] problem = Native.open(document, seed, clientLookup, revocationCheck, store, address);
        return new Core(address[0], problem);
    }

    private Core(long address, byte @Nullable [] problem) {
        if (address == 0) {
            throw PolicyException.of(Flat.readList(problem));
        }
        handle = new Handle(address);
        cleanable = CLEANER.register(this, handle);
        reads = RequestParts.of(Flat.readMap(Native.reads(address)));
        forwards = Native.forwards(address);
    }

    /**
     * The core of another policy in the place of this one, which is freed once nobody uses it any more.
     *
     * @throws PolicyException the policy document is refused
     */
    Core replaced(String policy, long now) {
        byte[] document = References.fill(policy, null).getBytes(StandardCharsets.UTF_8);
        long[] next = new long[1];
        long address = handle.enter();
        try {
            byte[] problem = Native.replace(address, document, now, next);
            return new Core(next[0], problem);
        } finally {
            handle.leave();
        }
    }

    void close() {
        cleanable.clean();
    }

    Verdict validate(Question question, long now) {
        long address = handle.enter();
        try {
            return Verdict.of(
                    Native.validate(address, question.token(), question.request(), question.asOf(now), now));
        } finally {
            handle.leave();
        }
    }

    /**
     * A verdict on each token, in their order, of which there must be one at least. Threads that end with the call help to judge
     * them.
     */
    List<Verdict> validateMany(List<String> tokens, long asOf, long now) {
        byte[] texts = Flat.texts(tokens, Question::bytes);
        int threads = Runtime.getRuntime().availableProcessors();
        long address = handle.enter();
        try {
            return Verdict.listOf(Native.validateMany(address, texts, threads, asOf, now), tokens.size());
        } finally {
            handle.leave();
        }
    }

    Explanation explain(Question question, long now) {
        long address = handle.enter();
        try {
            byte[] told = Native.explain(address, question.token(), question.request(), question.asOf(now), now);
            return Explanation.of(Flat.readList(told));
        } finally {
            handle.leave();
        }
    }

    Forward forward(byte[] request, byte @Nullable [] payload) {
        long address = handle.enter();
        try {
            return Forward.of(Flat.readList(Native.forward(address, request, payload)));
        } finally {
            handle.leave();
        }
    }

    /** The next piece of work; null when there is none, or nobody to do it for any more. */
    @Nullable Work pollWork(long now) {
        return Work.read(unlessClosed(NOTHING, address -> Native.pollWork(address, now)));
    }

    /** Says whether the answer is one that can be taken in. */
    boolean reportFetched(long id, FetchResponse response, long now) {
        List<String> fields = new ArrayList<>();
        response.headers().forEach((name, values) -> values.forEach(value -> {
            fields.add(name);
            fields.add(value);
        }));
        byte[] texts = Flat.texts(fields);
        return unlessClosed(true, address ->
                Native.reportFetched(address, id, response.status(), texts, response.body(), now));
    }

    /** Gives what is wrong with the text, which may be null; null when nothing is. */
    @Nullable String reportLoaded(long id, @Nullable String text, long now) {
        byte[] bytes = text == null ? null : text.getBytes(StandardCharsets.UTF_8);
        byte[] wrong = unlessClosed(NOTHING, address -> Native.reportLoaded(address, id, bytes, now));
        return wrong != null && wrong.length == 0 ? null : (String) Flat.read(wrong);
    }

    /** Says whether the report got in. */
    boolean reportSaved(long id, long now) {
        return unlessClosed(true, address -> Native.reportSaved(address, id, now));
    }

    /** {@code cause} is what whoever did the work says of its failure; empty for nothing. */
    void reportFailed(long id, int failure, String cause, long now) {
        byte[] said = cause.getBytes(StandardCharsets.UTF_8);
        unlessClosed(true, address -> Native.reportFailed(address, id, failure, said, now));
    }

    /** The refusal of a request that is not what an endpoint asks for, with a token or without; null when it is. */
    @Nullable Verdict require(Optional<VerifiedJwt> jwt, JwtRequirement requirement) {
        long address = handle.enter();
        try {
            byte[] refusal = requirement.use(asked -> jwt.isPresent() ? jwt.get().require(address, asked)
                    : Native.require(address, asked, null, null, null, 0, -1, 0));
            return refusal != null && refusal.length == 0 ? null : Verdict.of(refusal);
        } finally {
            handle.leave();
        }
    }

    /** {@code requirement} is null where the endpoint asks for nothing, {@code retryAt} when nobody knows a time. */
    HttpAnswer answer(
            @Nullable JwtRequirement requirement, Code code, int issuer, int route, @Nullable Instant retryAt, long now) {
        long address = handle.enter();
        try {
            long retryAtMillis = retryAt == null ? 0 : retryAt.toEpochMilli();
            LongFunction<byte[]> call = asked ->
                    Native.answer(address, asked, code.number(), issuer, route, retryAt != null, retryAtMillis, now);
            byte[] answer = requirement == null ? call.apply(0) : requirement.use(call);
            List<?> parts = Flat.readList(answer);
            List<?> fields = (List<?>) parts.get(1);
            Map<String, String> headers = new LinkedHashMap<>();
            for (int i = 0; i < fields.size(); i += 2) {
                headers.put((String) fields.get(i), (String) fields.get(i + 1));
            }
            return new HttpAnswer(((Long) parts.get(0)).intValue(), headers, (String) parts.get(2));
        } finally {
            handle.leave();
        }
    }

    KeyHealth health(long now) {
        long address = handle.enter();
        try {
            return KeyHealth.of(Flat.readMap(Native.health(address, now)));
        } finally {
            handle.leave();
        }
    }

    void refreshKeys() {
        long address = handle.enter();
        try {
            if (!Native.refreshKeys(address)) {
                throw new InternalErrorException("the native library refreshes no keys");
            }
        } finally {
            handle.leave();
        }
    }

    /** The oldest event that was not taken yet; null when there is none, or nobody to ask any more. */
    @Nullable Event pollEvent() {
        byte[] event = unlessClosed(NOTHING, Native::pollEvent);
        return event == null || event.length == 0 ? null : Event.of(Flat.readMap(event));
    }

    /** The oldest warning for the log that was not taken yet; null when there is none, or nobody to ask any more. */
    @Nullable String pollWarning() {
        byte[] warning = unlessClosed(NOTHING, Native::pollWarning);
        return warning == null || warning.length == 0 ? null : new String(warning, StandardCharsets.UTF_8);
    }

    String exportKeys() {
        long address = handle.enter();
        try {
            byte[] snapshot = Native.exportKeys(address);
            if (snapshot == null) {
                throw new InternalErrorException("the native library gave no snapshot");
            }
            return new String(snapshot, StandardCharsets.UTF_8);
        } finally {
            handle.leave();
        }
    }

    /** @throws IllegalArgumentException the text is no snapshot that can be taken */
    int importKeys(String snapshot, long now) {
        byte[] text = snapshot.getBytes(StandardCharsets.UTF_8);
        long address = handle.enter();
        try {
            Object outcome = Flat.read(Native.importKeys(address, text, now));
            if (outcome instanceof Long taken) {
                return Math.toIntExact(taken);
            }
            throw new IllegalArgumentException((String) outcome);
        } finally {
            handle.leave();
        }
    }

    /** Work may end after the validator was closed, and then concerns nobody. */
    private <T> T unlessClosed(T otherwise, LongFunction<T> call) {
        long address;
        try {
            address = handle.enter();
        } catch (IllegalStateException closed) {
            return otherwise;
        }
        try {
            return call.apply(address);
        } finally {
            handle.leave();
        }
    }
}
