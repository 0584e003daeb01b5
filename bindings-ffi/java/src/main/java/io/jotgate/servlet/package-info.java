/** For servlet containers: Tomcat, Jetty and others that speak Jakarta Servlet 5 or later. */
package io.jotgate.servlet;
