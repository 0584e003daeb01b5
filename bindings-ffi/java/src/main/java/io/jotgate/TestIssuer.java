package io.jotgate;

import java.lang.ref.Cleaner;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The native half of the test kit, for {@code io.jotgate.testing.JwtTestIssuer} of the artifact {@code jotgate-testing} alone.
 * Use that: this class may change with every version. It has no key before it is made, and nothing here uses it.
 */
public final class TestIssuer implements AutoCloseable {
    private final Address address;
    private final Cleaner.Cleanable cleanable;

    /**
     * An issuer with these options.
     *
     * @throws IllegalArgumentException there can be no such issuer, and the text says why
     * @throws PolicyException a text that the policy names elsewhere is not there
     */
    public TestIssuer(Map<String, ?> options) {
        NativeLibrary.load();
        Map<String, Object> given = new LinkedHashMap<>(options);
        given.computeIfPresent("policy", (name, policy) -> References.fill((String) policy, null));
        long[] made = new long[1];
        byte[] problem = Native.openTestIssuer(json(given), made);
        if (made[0] == 0) {
            throw mistake(Flat.readList(problem));
        }
        address = new Address(made[0]);
        cleanable = Core.CLEANER.register(this, address);
    }

    /**
     * Does what the word names, and gives what comes of it: null, Boolean, Long, String, List or Map.
     *
     * @throws IllegalArgumentException that cannot be done, and the text says why
     * @throws IllegalStateException the issuer is closed
     */
    public Object call(String word, Map<String, ?> arguments) {
        List<?> answer = address.call(word.getBytes(StandardCharsets.UTF_8), json(arguments));
        if (answer.size() != 1) {
            throw mistake(answer);
        }
        return answer.get(0);
    }

    /** The same token as one that every validator takes for its own. */
    public static VerifiedJwt ofAnyValidator(VerifiedJwt jwt) {
        return jwt.ofAnyValidator();
    }

    /** What the kit makes of each code: a list of maps. */
    public static List<?> recipes() {
        NativeLibrary.load();
        return Flat.readList(Native.testRecipes());
    }

    /** A policy document as text. */
    public static String text(PolicyDocument document) {
        return Json.write(document.members);
    }

    /**
     * The policy of a builder as JSON text: what it was given, or what its options stand for.
     *
     * @throws PolicyException it is none
     */
    public static String policyOf(JwtValidatorBuilder builder) {
        return builder.located(document -> document);
    }

    /** Puts the policy with the keys of a test in its place, whatever the builder was given, and lets {@code test} do all fetches. */
    public static void putTestKeys(JwtValidatorBuilder builder, String json, Fetcher test) {
        builder.putTestKeys(json, test);
    }

    /** Forgets the keys. */
    @Override
    public void close() {
        cleanable.clean();
    }

    private static IllegalArgumentException mistake(List<?> parts) {
        return new IllegalArgumentException(parts.get(1) + (parts.get(2) == null ? "" : " (" + parts.get(2) + ")"));
    }

    private static byte[] json(Map<String, ?> values) {
        return Json.write(plain(values)).getBytes(StandardCharsets.UTF_8);
    }

    /** What JSON can say of a value that a test gives. */
    private static Object plain(Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, Object> members = new LinkedHashMap<>();
            map.forEach((name, member) -> members.put((String) name, plain(member)));
            return members;
        }
        if (value instanceof Iterable<?> elements) {
            List<Object> list = new ArrayList<>();
            elements.forEach(element -> list.add(plain(element)));
            return list;
        }
        if (value instanceof Double || value instanceof Float) {
            return new BigDecimal(value.toString()); // which refuses NaN and infinities
        }
        if (value == null || value instanceof String || value instanceof Number || value instanceof Boolean) {
            return value;
        }
        throw new IllegalArgumentException("expected a value that JSON can say: a text, a number, a boolean, a list, a map or null");
    }

    /** Used by one thread at a time, so that none can meet an issuer that is gone. */
    private static final class Address implements Runnable {
        private long issuer;

        Address(long issuer) {
            this.issuer = issuer;
        }

        synchronized List<?> call(byte[] word, byte[] arguments) {
            if (issuer == 0) {
                throw new IllegalStateException("the issuer is closed");
            }
            return Flat.readList(Native.callTestIssuer(issuer, word, arguments));
        }

        @Override
        public synchronized void run() {
            if (issuer != 0) {
                Native.closeTestIssuer(issuer);
                issuer = 0;
            }
        }
    }
}
