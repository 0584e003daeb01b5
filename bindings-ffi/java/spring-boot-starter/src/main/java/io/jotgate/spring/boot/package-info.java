/** For Spring Boot: {@code jotgate.policy}, or {@code jotgate.issuer} and {@code jotgate.audience}, protect a resource server. */
@NullMarked
package io.jotgate.spring.boot;

import org.jspecify.annotations.NullMarked;
