package io.jotgate;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The address of a native validator, and the count of those who use it.
 *
 * <p>Closing refuses new calls at once and waits for nobody: whoever leaves last, be it a call that was running or the
 * close itself, frees the memory. So no call can meet freed memory, and nothing blocks.
 */
final class Handle implements Runnable {
    private final long address;
    private final AtomicBoolean closed = new AtomicBoolean();
    /** Running calls, and one more until the handle is closed. */
    private final AtomicInteger users = new AtomicInteger(1);

    Handle(long address) {
        this.address = address;
    }

    /**
     * Gives the address, which stays valid until {@link #leave()}.
     *
     * @throws IllegalStateException the handle is closed
     */
    long enter() {
        int before = users.get();
        while (!closed.get() && before > 0) {
            if (users.compareAndSet(before, before + 1)) {
                return address;
            }
            before = users.get();
        }
        throw new IllegalStateException("the validator is closed");
    }

    void leave() {
        if (users.decrementAndGet() == 0) {
            Native.close(address);
        }
    }


    /** Closes; what a validator that nobody reaches any more comes to as well. */
    @Override
    public void run() {
        if (closed.compareAndSet(false, true)) {
            leave();
        }
    }
}
