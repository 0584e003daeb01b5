/** For the HTTP server of the JDK. */
package io.jotgate.httpserver;
