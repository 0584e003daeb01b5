/** Metrics by Micrometer, which knows Prometheus, OpenTelemetry and others. */
package io.jotgate.micrometer;
