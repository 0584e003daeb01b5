package io.jotgate;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One verdict: a view of the record that the native library wrote, read where it is needed. */
final class Verdict {
    private static final int KIND_AT = 0;
    private static final int CODE_AT = 4;
    /** Of an accepted token: 0, or one more than the length of the name of the claim of its scopes, which stands before the texts. */
    private static final int SCOPE_CLAIM_AT = 4;
    private static final int ISSUER_AT = 8;
    private static final int ROUTE_AT = 12;
    private static final int WORK_DUE_AT = 16;
    private static final int MILLIS_AT = 20;
    private static final int QUESTION_AT = 28;
    /** How many claims an accepted token has. */
    private static final int COUNT_AT = 28;
    private static final int FIRST_LENGTH_AT = 32;
    private static final int SECOND_LENGTH_AT = 36;
    /** Which validator has accepted the token, and under which of its policies. */
    private static final int ORIGIN_AT = 40;
    private static final int TEXTS_AT = 48;

    private final byte[] bytes;
    private final ByteBuffer record;
    /** Where the first text begins, where it ends and the second begins, and where that ends. */
    private final int textsAt;
    private final int split;
    private final int textsEnd;
    /** Null for a verdict of another kind. */
    private final @Nullable Undecided undecided;

    private Verdict(byte[] bytes) {
        this.bytes = bytes;
        this.record = ByteBuffer.wrap(bytes);
        long first = record.getInt(FIRST_LENGTH_AT);
        long second = record.getInt(SECOND_LENGTH_AT);
        long scopeClaim = kind() == Numbers.Verdict.ACCEPTED ? Math.max(record.getInt(SCOPE_CLAIM_AT) - 1L, 0) : 0;
        long rest = bytes.length - TEXTS_AT - scopeClaim - first - second;
        boolean isUndecided = kind() == Numbers.Verdict.UNDECIDED;
        if (first < 0 || second < 0 || rest < 0 || isUndecided && rest != Long.BYTES) {
            throw none();
        }
        textsAt = TEXTS_AT + (int) scopeClaim;
        split = textsAt + (int) first;
        textsEnd = split + (int) second;
        // At once: the handle must be freed even if nobody looks at the verdict.
        undecided = isUndecided
                ? new Undecided(record.getLong(textsEnd), record.getInt(QUESTION_AT), text(TEXTS_AT, split), record.getInt(ISSUER_AT))
                : null;
    }

    /** @throws InternalErrorException the native call failed */
    static Verdict of(byte @Nullable [] record) {
        if (record == null || record.length < TEXTS_AT) {
            throw none();
        }
        return new Verdict(record);
    }

    /**
     * As {@link #of} for a list of so many records.
     *
     * @throws InternalErrorException the native call failed
     */
    static List<Verdict> listOf(byte @Nullable [] records, int count) {
        List<Verdict> verdicts = new ArrayList<>(count);
        ByteBuffer rest = ByteBuffer.wrap(records == null ? new byte[0] : records);
        while (rest.hasRemaining()) {
            // A copy of each: whoever keeps one token must not keep all others.
            byte[] record = new byte[length(rest)];
            rest.get(record);
            verdicts.add(of(record));
        }
        if (verdicts.size() != count) {
            throw none();
        }
        return verdicts;
    }

    boolean needsKeys() {
        return kind() == Numbers.Verdict.KEYS_NEEDED;
    }

    /** The work that may bring the keys; only if {@link #needsKeys()}. */
    long[] waitFor() {
        long[] ids = new long[(bytes.length - textsEnd) / Long.BYTES];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = record.getLong(textsEnd + i * Long.BYTES);
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
    @Nullable Undecided undecided() {
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
    VerifiedJwt orThrow(@Nullable Exception cause) {
        int issuer = record.getInt(ISSUER_AT);
        switch (kind()) {
            case Numbers.Verdict.ACCEPTED:
                SignedTexts texts = new SignedTexts(bytes, textsAt, split, textsEnd, record.getInt(COUNT_AT));
                byte[] scopeClaim = record.getInt(SCOPE_CLAIM_AT) == 0 ? null : Arrays.copyOfRange(bytes, TEXTS_AT, textsAt);
                return new VerifiedJwt(texts, record.getLong(ORIGIN_AT), issuer, record.getLong(MILLIS_AT), scopeClaim);
            case Numbers.Verdict.REJECTED:
                Code code = Code.of(record.getInt(CODE_AT));
                String claim = split == TEXTS_AT ? null : text(TEXTS_AT, split);
                String detail = text(split, textsEnd);
                int route = record.getInt(ROUTE_AT);
                if (code == Code.INTERNAL_ERROR) {
                    throw new InternalErrorException(detail, issuer, route, cause);
                }
                throw InvalidTokenException.of(new Rejection(code, claim, detail, issuer, route, cause));
            case Numbers.Verdict.UNAVAILABLE:
                throw new KeysUnavailableException(
                        Instant.ofEpochMilli(record.getLong(MILLIS_AT)), issuer, text(split, textsEnd), null);
            default:
                throw new InternalErrorException("the native library gave an unknown verdict");
        }
    }

    /** The length of the record that comes next, which is all there. */
    private static int length(ByteBuffer rest) {
        int length = rest.remaining() < Integer.BYTES ? -1 : rest.getInt();
        if (length < 0 || length > rest.remaining()) {
            throw none();
        }
        return length;
    }

    private static InternalErrorException none() {
        return new InternalErrorException("the native library gave no verdict");
    }

    private int kind() {
        return record.getInt(KIND_AT);
    }

    private String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
}
