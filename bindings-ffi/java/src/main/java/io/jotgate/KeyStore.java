package io.jotgate;

import org.jspecify.annotations.Nullable;

/**
 * A place of the application's that several processes or hosts share, so that one fetch serves them all: a file, a cache, a
 * table. What is in it decides which tokens pass, so let nobody write there but the processes that share it.
 *
 * <p>Both functions may be slow, throw, or be called by several threads at once, each call on a short-lived daemon thread of
 * its own. What they throw is logged and nothing else. A call that takes longer than {@link FetchRequest#timeout()} is
 * interrupted and given up.
 */
public interface KeyStore {
    /**
     * Gives what was saved last, by whichever process. Asked before each fetch, which is spared when the text has a newer set;
     * the time that it takes counts against the fetch's timeout.
     *
     * @return {@code null} for nothing
     * @throws Exception as if there were nothing
     */
    @Nullable String load() throws Exception;

    /**
     * Keeps the text in place of what was there. Called after a fetch has brought or confirmed a set, when those who waited
     * for it have gone on. While a call runs there is no other of the same validator, unless it was given up; the next one has
     * what came meanwhile. When a call that was given up keeps its text nevertheless, a newer text is saved once more.
     *
     * @throws Exception the text is not kept
     */
    void save(String text) throws Exception;
}
