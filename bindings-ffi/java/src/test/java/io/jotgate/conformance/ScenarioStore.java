package io.jotgate.conformance;

import io.jotgate.KeyStore;

/** The store of a scenario: what the steps put there, or what was saved since. */
final class ScenarioStore implements KeyStore {
    private String text;
    private int saves;

    @Override
    public synchronized String load() {
        return text;
    }

    @Override
    public synchronized void save(String saved) {
        text = saved;
        saves++;
    }

    /** {@code put} is null for nothing. */
    synchronized void put(String put) {
        text = put;
    }

    synchronized int saves() {
        return saves;
    }
}
