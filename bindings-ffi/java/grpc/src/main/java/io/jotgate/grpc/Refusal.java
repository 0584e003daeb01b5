package io.jotgate.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.jotgate.Code;
import io.jotgate.HttpAnswer;
import io.jotgate.JotgateException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * How a call ends that may not pass.
 *
 * @param trailers what HTTP has header fields for
 */
record Refusal(Status status, Metadata trailers) {
    private static final List<String> TOLD = List.of("WWW-Authenticate", "Retry-After");

    /** A bug, of which the client learns nothing more. */
    static Refusal internal() {
        return new Refusal(Status.INTERNAL.withDescription(Code.INTERNAL_ERROR.toString()), new Metadata());
    }

    /** The status shows the code and nothing else: details are for operators. */
    static Refusal of(Supplier<HttpAnswer> made, Throwable problem) {
        HttpAnswer answer;
        try {
            answer = made.get();
        } catch (RuntimeException second) {
            return internal(); // the validator was closed
        }
        Throwable cause = problem instanceof CompletionException && problem.getCause() != null ? problem.getCause() : problem;
        Code code = cause instanceof JotgateException known ? known.code() : Code.INTERNAL_ERROR;
        Metadata trailers = new Metadata();
        answer.headers().forEach((name, value) -> {
            if (TOLD.stream().anyMatch(name::equalsIgnoreCase)) {
                trailers.put(CallRequest.text(name), value);
            }
        });
        return new Refusal(status(answer.status()).withDescription(code.toString()), trailers);
    }

    /** Ends the call; what it still says is heard by nobody. */
    <Q> ServerCall.Listener<Q> end(ServerCall<Q, ?> call) {
        call.close(status, trailers);
        return new ServerCall.Listener<>() {};
    }

    /** The code of gRPC that stands for a status of HTTP; some manners of gateways have others than the usual ones. */
    private static Status status(int answered) {
        return switch (answered) {
            case 400, 401 -> Status.UNAUTHENTICATED;
            case 403 -> Status.PERMISSION_DENIED;
            case 502, 503, 504 -> Status.UNAVAILABLE;
            default -> Status.INTERNAL;
        };
    }
}
