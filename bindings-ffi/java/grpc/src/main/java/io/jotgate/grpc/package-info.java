/** Guards the calls of a gRPC server. Start at {@link io.jotgate.grpc.JotgateServerInterceptor}. */
@NullMarked
package io.jotgate.grpc;

import org.jspecify.annotations.NullMarked;
