/** For Spring Security 6 in servlet applications. */
@NullMarked
package io.jotgate.spring;

import org.jspecify.annotations.NullMarked;
