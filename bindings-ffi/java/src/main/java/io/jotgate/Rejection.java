package io.jotgate;

import org.jspecify.annotations.Nullable;

/**
 * Why a token must not pass, as the core says it.
 *
 * @param claim the claim that the code is about, or null
 * @param detail what was expected, for operators
 * @param issuer the entry of the policy's issuers, or -1
 * @param route the entry of the policy's routes, or -1
 * @param cause what the application's own check threw, or null
 */
record Rejection(Code code, @Nullable String claim, String detail, int issuer, int route, @Nullable Exception cause) {
}
