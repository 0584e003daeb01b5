/** For Spring Security 6 in servlet applications. */
package io.jotgate.spring;
