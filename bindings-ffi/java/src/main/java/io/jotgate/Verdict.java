package io.jotgate;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** One verdict: a view of the record that the native library wrote, read where it is needed. */
final class Verdict {
    private static final int ACCEPTED = 1;
    private static final int REJECTED = 2;
    private static final int UNAVAILABLE = 3;
    private static final int KEYS_NEEDED = 4;
    private static final int SKIPPED = 5;

    private static final int KIND_AT = 0;
    private static final int CODE_AT = 4;
    private static final int ISSUER_AT = 8;
    private static final int ROUTE_AT = 12;
    private static final int FETCH_DUE_AT = 16;
    private static final int RETRY_AT_AT = 20;
    private static final int FIRST_LENGTH_AT = 28;
    private static final int SECOND_LENGTH_AT = 32;
    private static final int TEXTS_AT = 36;

    private final byte[] bytes;
    private final ByteBuffer record;

    private Verdict(byte[] bytes) {
        this.bytes = bytes;
        this.record = ByteBuffer.wrap(bytes);
    }

    /** @throws InternalErrorException the native call failed */
    static Verdict of(byte[] record) {
        if (record == null || record.length < TEXTS_AT) {
            throw new InternalErrorException("the native library gave no verdict");
        }
        return new Verdict(record);
    }

    boolean needsKeys() {
        return record.getInt(KIND_AT) == KEYS_NEEDED;
    }

    /** Whether refreshes are due that nobody has to wait for. */
    boolean fetchDue() {
        return record.getInt(FETCH_DUE_AT) != 0;
    }

    /** The fetches that must be started now; only if {@link #needsKeys()}. */
    List<Fetch> fetches() {
        return Fetch.read(Arrays.copyOfRange(bytes, TEXTS_AT, bytes.length));
    }

    /** Whether the policy asks for no token here. */
    boolean isSkipped() {
        return record.getInt(KIND_AT) == SKIPPED;
    }

    /** @throws JotgateException the token was not accepted, for whatever reason */
    VerifiedJwt orThrow() {
        int issuer = record.getInt(ISSUER_AT);
        int split = TEXTS_AT + record.getInt(FIRST_LENGTH_AT);
        int end = split + record.getInt(SECOND_LENGTH_AT);
        switch (record.getInt(KIND_AT)) {
            case ACCEPTED:
                return new VerifiedJwt(bytes, TEXTS_AT, split, end, issuer);
            case REJECTED:
                Code code = Code.of(record.getInt(CODE_AT));
                if (code == Code.INTERNAL_ERROR) {
                    throw new InternalErrorException("the validation failed");
                }
                String claim = split == TEXTS_AT ? null : text(TEXTS_AT, split);
                String detail = text(split, end);
                throw InvalidTokenException.of(new Rejection(code, claim, detail, issuer, record.getInt(ROUTE_AT)));
            case UNAVAILABLE:
                throw new KeysUnavailableException(Instant.ofEpochMilli(record.getLong(RETRY_AT_AT)), issuer, null);
            default:
                throw new InternalErrorException("the native library gave an unknown verdict");
        }
    }

    /** The claim that names a client to be looked up; null when there is none. Only for a token that was accepted. */
    String clientClaim() {
        int end = TEXTS_AT + record.getInt(FIRST_LENGTH_AT) + record.getInt(SECOND_LENGTH_AT);
        return end == bytes.length ? null : text(end, bytes.length);
    }

    private String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }
}
