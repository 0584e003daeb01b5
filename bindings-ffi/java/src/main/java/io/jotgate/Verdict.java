package io.jotgate;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One verdict: a view of the record that the native library wrote, read where it is needed. */
final class Verdict {
    private static final int KIND_AT = 0;
    private static final int CODE_AT = 4;
    private static final int ISSUER_AT = 8;
    private static final int ROUTE_AT = 12;
    private static final int WORK_DUE_AT = 16;
    private static final int MILLIS_AT = 20;
    private static final int QUESTION_AT = 28;
    private static final int FIRST_LENGTH_AT = 32;
    private static final int TEXTS_AT = 36;

    private final byte[] bytes;
    private final ByteBuffer record;
    /** Null for a verdict of another kind. */
    private final Undecided undecided;

    private Verdict(byte[] bytes) {
        this.bytes = bytes;
        this.record = ByteBuffer.wrap(bytes);
        // At once: the handle must be freed even if nobody looks at the verdict.
        this.undecided = kind() == Numbers.Verdict.UNDECIDED
                ? new Undecided(record.getLong(bytes.length - Long.BYTES), record.getInt(QUESTION_AT),
                        text(TEXTS_AT, bytes.length - Long.BYTES), record.getInt(ISSUER_AT))
                : null;
    }

    /** @throws InternalErrorException the native call failed */
    static Verdict of(byte[] record) {
        if (record == null || record.length < TEXTS_AT) {
            throw new InternalErrorException("the native library gave no verdict");
        }
        return new Verdict(record);
    }

    /**
     * As {@link #of} for a list of so many records.
     *
     * @throws InternalErrorException the native call failed
     */
    static List<Verdict> listOf(byte[] records, int count) {
        List<Verdict> verdicts = new ArrayList<>(count);
        ByteBuffer rest = ByteBuffer.wrap(records == null ? new byte[0] : records);
        while (rest.hasRemaining()) {
            // A copy of each: whoever keeps one token must not keep all others.
            byte[] record = new byte[rest.getInt()];
            rest.get(record);
            verdicts.add(of(record));
        }
        if (verdicts.size() != count) {
            throw new InternalErrorException("the native library gave no verdict");
        }
        return verdicts;
    }

    boolean needsKeys() {
        return kind() == Numbers.Verdict.KEYS_NEEDED;
    }

    /** The work that may bring the keys; only if {@link #needsKeys()}. */
    long[] waitFor() {
        long[] ids = new long[(bytes.length - TEXTS_AT) / Long.BYTES];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = record.getLong(TEXTS_AT + i * Long.BYTES);
        }
        return ids;
    }

    /** For how long to wait at most; only if {@link #needsKeys()}. */
    long patienceMillis() {
        return record.getLong(MILLIS_AT);
    }

    /** Whether there is work that nobody has taken. */
    boolean workDue() {
        return record.getInt(WORK_DUE_AT) != 0;
    }

    /** Whether the policy asks for no token here. */
    boolean isSkipped() {
        return kind() == Numbers.Verdict.SKIPPED;
    }

    /** What the application has to be asked; null when it has not. */
    Undecided undecided() {
        return undecided;
    }

    /** Does without the application's answer, where it was to be asked. */
    void dismiss() {
        if (undecided != null) {
            undecided.close();
        }
    }

    /**
     * The token that may pass.
     *
     * @param cause what the application's answer has thrown, or null
     * @throws JotgateException the token was not accepted, for whatever reason
     */
    VerifiedJwt orThrow(Exception cause) {
        int issuer = record.getInt(ISSUER_AT);
        int split = TEXTS_AT + record.getInt(FIRST_LENGTH_AT);
        switch (kind()) {
            case Numbers.Verdict.ACCEPTED:
                return new VerifiedJwt(new SignedTexts(bytes, TEXTS_AT, split), issuer);
            case Numbers.Verdict.REJECTED:
                Code code = Code.of(record.getInt(CODE_AT));
                String claim = split == TEXTS_AT ? null : text(TEXTS_AT, split);
                String detail = text(split, bytes.length);
                int route = record.getInt(ROUTE_AT);
                if (code == Code.INTERNAL_ERROR) {
                    throw new InternalErrorException(detail, issuer, route, cause);
                }
                throw InvalidTokenException.of(new Rejection(code, claim, detail, issuer, route, cause));
            case Numbers.Verdict.UNAVAILABLE:
                throw new KeysUnavailableException(
                        Instant.ofEpochMilli(record.getLong(MILLIS_AT)), issuer, text(split, bytes.length), null);
            default:
                throw new InternalErrorException("the native library gave an unknown verdict");
        }
    }

    private int kind() {
        return record.getInt(KIND_AT);
    }

    private String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
}
