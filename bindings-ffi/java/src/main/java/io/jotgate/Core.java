package io.jotgate;

import java.lang.ref.Cleaner;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** The native validator as a Java object. Any number of threads may use it at once. */
final class Core {
    private static final Cleaner CLEANER = Cleaner.create();

    /** Whether the policy changes requests that go on. */
    final boolean forwards;

    private final Handle handle;
    private final Cleaner.Cleanable cleanable;

    /** @throws PolicyException the policy document is refused */
    Core(String policy, boolean looksClientsUp) {
        NativeLibrary.load();
        long[] address = new long[1];
        // The seed spreads refreshes over time and protects nothing.
        long seed = ThreadLocalRandom.current().nextLong();
        byte[] problem = Native.open(policy.getBytes(StandardCharsets.UTF_8), seed, looksClientsUp, address);
        if (address[0] == 0) {
            throw PolicyException.of((List<?>) Flat.read(problem));
        }
        handle = new Handle(address[0]);
        forwards = Native.forwards(address[0]);
        cleanable = CLEANER.register(this, handle);
    }

    void close() {
        cleanable.clean();
    }

    Verdict validate(byte[] token, long asOf, long now) {
        long address = handle.enter();
        try {
            return Verdict.of(Native.validate(address, token, asOf, now));
        } finally {
            handle.leave();
        }
    }

    Verdict validateRequest(byte[] request, long asOf, long now) {
        long address = handle.enter();
        try {
            return Verdict.of(Native.validateRequest(address, request, asOf, now));
        } finally {
            handle.leave();
        }
    }

    Forward forward(byte[] request, byte[] payload) {
        long address = handle.enter();
        try {
            return Forward.of((List<?>) Flat.read(Native.forward(address, request, payload)));
        } finally {
            handle.leave();
        }
    }

    Explanation explain(byte[] token, long asOf, long now) {
        long address = handle.enter();
        try {
            return Explanation.of((List<?>) Flat.read(Native.explain(address, token, asOf, now)));
        } finally {
            handle.leave();
        }
    }

    Explanation explainRequest(byte[] request, long asOf, long now) {
        long address = handle.enter();
        try {
            return Explanation.of((List<?>) Flat.read(Native.explainRequest(address, request, asOf, now)));
        } finally {
            handle.leave();
        }
    }

    List<Fetch> dueFetches(long now) {
        long address = handle.enter();
        try {
            return Fetch.read(Native.dueFetches(address, now));
        } finally {
            handle.leave();
        }
    }

    /** Gives whether the answer got in, or is wanted no more because the validator is closed. */
    boolean completeFetch(long id, FetchResponse response, long now) {
        List<String> fields = new ArrayList<>();
        response.headers().forEach((name, values) -> values.forEach(value -> {
            fields.add(name);
            fields.add(value);
        }));
        byte[] texts = Flat.texts(fields);
        return landed(address -> Native.completeFetch(address, id, response.status(), texts, response.body(), now));
    }

    void failFetch(long id, int failure, long now) {
        landed(address -> Native.failFetch(address, id, failure, now));
    }

    /**
     * Whether a snapshot has ended a fetch, which it also has when the validator is closed.
     *
     * @throws IllegalArgumentException the text is no snapshot that can be taken
     */
    boolean settleFetch(long id, String snapshot, long now) {
        byte[] text = snapshot.getBytes(StandardCharsets.UTF_8);
        return landed(address -> {
            Object outcome = Flat.read(Native.settleFetch(address, id, text, now));
            if (outcome instanceof Boolean settled) {
                return settled;
            }
            throw new IllegalArgumentException((String) outcome);
        });
    }

    /** Whether a fetch has brought or confirmed a key set since this was last asked. */
    boolean exportDue() {
        long address;
        try {
            address = handle.enter();
        } catch (IllegalStateException closed) {
            return false;
        }
        try {
            return Native.exportDue(address);
        } finally {
            handle.leave();
        }
    }

    HttpAnswer answer(Code code, int issuer, int route, long retryAfterMillis) {
        long address = handle.enter();
        try {
            List<?> parts = (List<?>) Flat.read(Native.answer(address, code.number(), issuer, route, retryAfterMillis));
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
            return KeyHealth.of((Map<?, ?>) Flat.read(Native.health(address, now)));
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
    Event pollEvent() {
        long address;
        try {
            address = handle.enter();
        } catch (IllegalStateException closed) {
            return null;
        }
        try {
            byte[] event = Native.pollEvent(address);
            return event == null || event.length == 0 ? null : Event.of((Map<?, ?>) Flat.read(event));
        } finally {
            handle.leave();
        }
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

    private interface Landing {
        boolean on(long address);
    }

    /** A fetch may end after the validator was closed, and then concerns nobody. */
    private boolean landed(Landing landing) {
        long address;
        try {
            address = handle.enter();
        } catch (IllegalStateException closed) {
            return true;
        }
        try {
            return landing.on(address);
        } finally {
            handle.leave();
        }
    }
}
