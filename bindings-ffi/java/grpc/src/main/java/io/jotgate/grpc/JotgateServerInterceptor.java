package io.jotgate.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.jotgate.JwtRequest;
import io.jotgate.JwtValidator;
import io.jotgate.VerifiedJwt;
import java.util.Objects;
import java.util.Optional;

/**
 * Lets a call pass only with a valid token, or without one where a route of the policy says so.
 *
 * <pre>{@code
 * Server server = ServerBuilder.forPort(8080)
 *         .addService(new Orders())
 *         .intercept(new JotgateServerInterceptor(validator))
 *         .build();
 * }</pre>
 *
 * <p>The policy sees a call as the HTTP request that it is: the method {@code POST}, the path {@code /package.Service/Method},
 * and its metadata as header fields, those of bytes ({@code -bin}) left out. So its routes name gRPC methods, such as {@code
 * /grpc.health.v1.Health/Check} with {@code skip}. Where it has a {@code forward}, the metadata go on as that says.
 *
 * <p>What may not pass is answered as over HTTP, in the codes of gRPC: {@code UNAUTHENTICATED} for 401 and 400, {@code
 * PERMISSION_DENIED} for 403, {@code UNAVAILABLE} when the issuer's keys cannot be had, {@code INTERNAL} for a bug. The
 * description is jotgate's code, such as {@code expired}; the challenge is the trailer {@code www-authenticate}, and {@code
 * retry-after} says when keys are asked for again.
 *
 * <p>A call that streams ends when the policy refuses its token, which is asked about again each second once {@code exp} is over,
 * on the default executor of {@link java.util.concurrent.CompletableFuture}. Its client gets that refusal, also on an idle
 * stream. Its handler is told as of a client that has cancelled: {@link Context#isCancelled}, {@link ServerCall#isCancelled} and
 * {@link ServerCall.Listener#onCancel}. What it still sends goes nowhere.
 *
 * <p>A validation may wait for the issuer's keys on the thread of the call, so the server must not have a {@code
 * directExecutor()}.
 */
public final class JotgateServerInterceptor implements ServerInterceptor {
    private final JwtValidator validator;
    private final boolean streamsEnd;

    /**
     * An interceptor that asks a validator, which it does not close.
     *
     * @param validator decides which calls pass
     */
    public JotgateServerInterceptor(JwtValidator validator) {
        this(validator, true);
    }

    private JotgateServerInterceptor(JwtValidator validator, boolean streamsEnd) {
        this.validator = Objects.requireNonNull(validator, "validator");
        this.streamsEnd = streamsEnd;
    }

    /**
     * The same, but streams go on when the token has expired that opened them.
     *
     * @return another interceptor, of the same validator
     */
    public JotgateServerInterceptor streamsOutliveTokens() {
        return new JotgateServerInterceptor(validator, false);
    }

    /**
     * The token of the call in whose {@link Context} this runs, for methods whose calls all need one.
     *
     * @return what was verified
     * @throws IllegalStateException the call did not come through this interceptor, or a route of the policy let it pass
     *     without a token
     */
    public static VerifiedJwt verified() {
        return verifiedIfAny().orElseThrow(() ->
                new IllegalStateException("a route of the policy let this call pass without a token"));
    }

    /**
     * The token of the call in whose {@link Context} this runs.
     *
     * @return what was verified; empty when a route of the policy let the call pass without a token
     * @throws IllegalStateException the call did not come through this interceptor
     */
    public static Optional<VerifiedJwt> verifiedIfAny() {
        Admission admission = Admission.KEY.get();
        if (admission == null) {
            throw new IllegalStateException(
                    "no JotgateServerInterceptor stands before this method, or this is not in its Context");
        }
        return admission.jwt();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Admission admission;
        Metadata goesOn;
        try {
            JwtRequest request = CallRequest.of(call, headers);
            admission = new Admission(validator, request, validator.validateRequest(request));
            goesOn = CallRequest.forwarded(headers, validator.forward(request, admission.jwt()));
        } catch (RuntimeException problem) {
            return Refusal.of(() -> validator.answerTo(problem), problem).end(call);
        }
        Context context = Context.current().withValue(Admission.KEY, admission);
        boolean isStream = !call.getMethodDescriptor().getType().clientSendsOneMessage()
                || !call.getMethodDescriptor().getType().serverSendsOneMessage();
        return isStream && streamsEnd && admission.expiresAt() != null
                ? GuardedCall.start(call, admission, context, goesOn, next)
                : Contexts.interceptCall(context, call, goesOn, next);
    }
}
