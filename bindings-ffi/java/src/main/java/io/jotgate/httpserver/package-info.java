/** For the HTTP server of the JDK. */
@NullMarked
package io.jotgate.httpserver;

import org.jspecify.annotations.NullMarked;
