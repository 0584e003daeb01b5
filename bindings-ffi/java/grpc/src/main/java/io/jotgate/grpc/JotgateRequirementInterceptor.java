package io.jotgate.grpc;

import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.jotgate.JwtRequirement;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Asks for more than the policy does, before the methods of a service, behind a {@link JotgateServerInterceptor}.
 *
 * <pre>{@code
 * JwtRequirement reading = JwtRequirement.scopes("orders:read");
 * ServerBuilder.forPort(8080)
 *         .addService(ServerInterceptors.intercept(new Orders(), new JotgateRequirementInterceptor(reading)))
 *         .intercept(new JotgateServerInterceptor(validator));
 * }</pre>
 *
 * <p>A call that is not what is asked for ends as the {@link JotgateServerInterceptor} would end it, and one without a token
 * never is; one that came through none gets {@code INTERNAL}, and the system logger {@code io.jotgate} says so.
 */
public final class JotgateRequirementInterceptor implements ServerInterceptor {
    private final JwtRequirement requirement;
    private final Set<String> methods;

    /**
     * An interceptor that asks for a requirement.
     *
     * @param requirement what a token must be
     * @param methods of which methods, such as {@code OrdersGrpc.getDeleteMethod()}; of all where none is named
     */
    public JotgateRequirementInterceptor(JwtRequirement requirement, MethodDescriptor<?, ?>... methods) {
        this.requirement = Objects.requireNonNull(requirement, "requirement");
        this.methods = Arrays.stream(methods).map(MethodDescriptor::getFullMethodName).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (!methods.isEmpty() && !methods.contains(call.getMethodDescriptor().getFullMethodName())) {
            return next.startCall(call, headers);
        }
        Admission admission = Admission.KEY.get();
        if (admission == null) {
            System.getLogger("io.jotgate").log(System.Logger.Level.WARNING,
                    "a call came to a JotgateRequirementInterceptor through no JotgateServerInterceptor");
            return Refusal.internal().end(call);
        }
        try {
            admission.validator().require(admission.jwt(), requirement);
        } catch (RuntimeException problem) {
            return Refusal.of(() -> admission.validator().answerTo(problem, requirement), problem).end(call);
        }
        return next.startCall(call, headers);
    }
}
