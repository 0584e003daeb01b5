package io.jotgate.support;

import io.jotgate.KeyStore;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** A store in memory that tells of saves. */
public class MemoryStore implements KeyStore {
    private final Semaphore saved = new Semaphore(0);
    private final Semaphore interrupts = new Semaphore(0);
    private String text;
    private int saves;

    @Override
    public String load() throws InterruptedException {
        synchronized (this) {
            return text;
        }
    }

    @Override
    public void save(String text) {
        synchronized (this) {
            this.text = text;
            saves++;
        }
        saved.release();
    }

    public synchronized int saves() {
        return saves;
    }

    /** Waits until one more save has come than was waited for before. */
    public void awaitSave() throws InterruptedException {
        await(saved, "no save");
    }

    protected void interrupted() {
        interrupts.release();
    }

    public void awaitInterrupt() throws InterruptedException {
        await(interrupts, "no interrupt");
    }

    private static void await(Semaphore semaphore, String otherwise) throws InterruptedException {
        if (!semaphore.tryAcquire(30, TimeUnit.SECONDS)) {
            throw new AssertionError(otherwise);
        }
    }
}
