package io.jotgate;

import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A native token that waits for the application's answer. It is answered once, or given up. */
final class Undecided implements AutoCloseable {
    /** Behind the lengths of header and payload, and the count of claims. */
    private static final int TEXTS_AT = 3 * Integer.BYTES;

    /** One of {@link Numbers.Question}. */
    final int question;

    /** The client that the question is about; empty for other questions. */
    final String clientId;

    private final int issuer;
    private final Token token;
    private final Cleaner.Cleanable cleanable;

    Undecided(long address, int question, String clientId, int issuer) {
        this.question = question;
        this.clientId = clientId;
        this.issuer = issuer;
        token = new Token(address);
        cleanable = Core.CLEANER.register(this, token);
    }

    /** What the application is shown. */
    UndecidedJwt jwt() {
        byte[] bytes = token.texts();
        if (bytes == null || bytes.length < TEXTS_AT) {
            throw new InternalErrorException("the native library gave no claims");
        }
        ByteBuffer sizes = ByteBuffer.wrap(bytes);
        int payloadAt = TEXTS_AT + sizes.getInt();
        int payloadEnd = payloadAt + sizes.getInt();
        return new UndecidedJwt(new SignedTexts(bytes, TEXTS_AT, payloadAt, payloadEnd, sizes.getInt()), issuer);
    }

    /** Goes on with one of {@link Numbers.Answer}. */
    Verdict answer(int answer) {
        return Verdict.of(token.answer(answer));
    }

    /** Gives the token up, unless it was answered. */
    @Override
    public void close() {
        cleanable.clean();
    }

    /** The address, which no two calls use at once; 0 when it was used up. */
    private static final class Token implements Runnable {
        private long address;

        Token(long address) {
            this.address = address;
        }

        synchronized byte @Nullable [] texts() {
            return Native.undecidedTexts(address);
        }

        synchronized byte @Nullable [] answer(int answer) {
            long used = address;
            address = 0;
            return Native.answerQuestion(used, answer);
        }

        @Override
        public synchronized void run() {
            if (address != 0) {
                Native.giveUp(address);
                address = 0;
            }
        }
    }
}
