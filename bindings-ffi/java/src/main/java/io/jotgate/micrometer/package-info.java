/** Metrics by Micrometer, which knows Prometheus, OpenTelemetry and others. */
@NullMarked
package io.jotgate.micrometer;

import org.jspecify.annotations.NullMarked;
