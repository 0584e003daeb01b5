/** For Spring's MockMvc: tokens of the test's own issuer in requests, under the policy of the application. */
@NullMarked
package io.jotgate.testing.spring;

import org.jspecify.annotations.NullMarked;
