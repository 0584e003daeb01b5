/** For Spring Boot: {@code jotgate.policy}, or {@code jotgate.issuer} and {@code jotgate.audience}, protect a resource server. */
package io.jotgate.spring.boot;
