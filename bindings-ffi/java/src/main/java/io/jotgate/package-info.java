/**
 * Your API gateway's JWT policy, inside your process. Start at {@link io.jotgate.JwtValidator}.
 */
@NullMarked
package io.jotgate;

import org.jspecify.annotations.NullMarked;
