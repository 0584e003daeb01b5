/** For servlet containers: Tomcat, Jetty and others that speak Jakarta Servlet 5 or later. */
@NullMarked
package io.jotgate.servlet;

import org.jspecify.annotations.NullMarked;
