package io.jotgate;

/**
 * Gets key sets in the application's own way, in place of the built-in HTTP client.
 *
 * <p>Each call runs on a short-lived daemon thread of its own. A call that takes longer than {@link
 * FetchRequest#timeout()} is interrupted and its outcome ignored; one that throws or returns {@code null} counts as a
 * failed fetch. Operators are told what it threw, so let that hold no secret. Never follow redirects: a redirect could lead the
 * keys to come from somewhere else.
 */
@FunctionalInterface
public interface Fetcher {
    /**
     * Does one GET.
     *
     * @param request what to get
     * @return the answer, whatever its status
     * @throws Exception there was no answer; an {@link java.io.IOException} when the connection failed
     */
    FetchResponse fetch(FetchRequest request) throws Exception;
}
