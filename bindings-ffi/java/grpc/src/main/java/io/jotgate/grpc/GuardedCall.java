package io.jotgate.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.Status;

/**
 * A call that may end while its handler uses it. Calls are not made for two threads at once, so each use has a lock; and what a
 * handler says after the end goes nowhere.
 */
final class GuardedCall<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final Context.CancellableContext context;
    private final Watch watch;
    /** Nothing may be sent any more. Changes once, under the lock. */
    private volatile boolean isOver;
    /** It is over because its token is. */
    private volatile boolean isEnded;

    private GuardedCall(ServerCall<Q, A> call, Admission admission, Context context) {
        super(call);
        this.context = context.withCancellation();
        watch = new Watch(admission, this::end);
    }

    /** Hands the call to its handler, and ends it when its token does. */
    static <Q, A> ServerCall.Listener<Q> start(
            ServerCall<Q, A> call, Admission admission, Context context, Metadata headers, ServerCallHandler<Q, A> next) {
        GuardedCall<Q, A> guarded = new GuardedCall<>(call, admission, context);
        try {
            ServerCall.Listener<Q> listener = Contexts.interceptCall(guarded.context, guarded, headers, next);
            guarded.watch.begin();
            return guarded.new Listening(listener);
        } catch (RuntimeException | Error problem) {
            guarded.over();
            throw problem;
        }
    }

    private void end(Refusal refusal) {
        synchronized (this) {
            if (isOver) {
                return;
            }
            isOver = true;
            isEnded = true;
        }
        // From here on nobody else uses the call. Its handler must find the reason in the context before it is told of the end.
        context.cancel(refusal.status().asRuntimeException());
        super.close(refusal.status(), refusal.trailers());
    }

    private void over() {
        watch.stop();
        context.cancel(null);
    }

    @Override
    public synchronized void close(Status status, Metadata trailers) {
        if (!isEnded) {
            isOver = true;
            watch.stop();
            super.close(status, trailers);
        }
    }

    @Override
    public synchronized void sendHeaders(Metadata headers) {
        if (!isEnded) {
            super.sendHeaders(headers);
        }
    }

    @Override
    public synchronized void sendMessage(A message) {
        if (!isEnded) {
            super.sendMessage(message);
        }
    }

    @Override
    public synchronized void request(int messages) {
        if (!isEnded) {
            super.request(messages);
        }
    }

    @Override
    public synchronized void setMessageCompression(boolean enabled) {
        if (!isEnded) {
            super.setMessageCompression(enabled);
        }
    }

    @Override
    public synchronized void setCompression(String compressor) {
        if (!isEnded) {
            super.setCompression(compressor);
        }
    }

    @Override
    public boolean isReady() {
        return !isEnded && super.isReady();
    }

    @Override
    public boolean isCancelled() {
        return isEnded || super.isCancelled();
    }

    /** Hears nothing of a client whose stream has ended, but that it has. */
    private final class Listening extends SimpleForwardingServerCallListener<Q> {
        Listening(ServerCall.Listener<Q> listener) {
            super(listener);
        }

        @Override
        public void onMessage(Q message) {
            if (!isEnded) {
                super.onMessage(message);
            }
        }

        @Override
        public void onHalfClose() {
            if (!isEnded) {
                super.onHalfClose();
            }
        }

        @Override
        public void onReady() {
            if (!isEnded) {
                super.onReady();
            }
        }

        @Override
        public void onCancel() {
            try {
                super.onCancel();
            } finally {
                over();
            }
        }

        /** For gRPC a call is complete that was closed in time; its handler has not completed it. */
        @Override
        public void onComplete() {
            try {
                if (isEnded) {
                    super.onCancel();
                } else {
                    super.onComplete();
                }
            } finally {
                over();
            }
        }
    }
}
