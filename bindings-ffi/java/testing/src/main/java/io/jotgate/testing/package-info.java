/** For tests of what validates tokens with jotgate: an issuer without sockets, {@link io.jotgate.testing.JwtTestIssuer}. */
package io.jotgate.testing;
