/**
 * Your API gateway's JWT policy, inside your process. Start at {@link io.jotgate.JwtValidator}.
 */
package io.jotgate;
