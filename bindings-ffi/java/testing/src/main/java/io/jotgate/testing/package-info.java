/** For tests of what validates tokens with jotgate: an issuer without sockets, {@link io.jotgate.testing.JwtTestIssuer}. */
@NullMarked
package io.jotgate.testing;

import org.jspecify.annotations.NullMarked;
