package dev.heddle.core.host;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Run to completion for hosts that are driven by hand: what the calling thread is inside of, and the calls that must wait
 * until it is out. A packet sink runs under the sender's lock, so whatever it asks of any host is queued here and runs
 * before the outermost call returns. It belongs to a thread, since one embedder's sink may lead into another host.
 */
final class CallQueue {

    private static final ThreadLocal<CallQueue> OF_THREAD = ThreadLocal.withInitial(CallQueue::new);

    private final Queue<Runnable> calls = new ArrayDeque<>();

    /** How many calls into hosts the thread is inside of. */
    private int depth;

    /** How many sinks it is inside of. */
    private int sinks;

    private CallQueue() {}

    static CallQueue ofThread() {
        return OF_THREAD.get();
    }

    /**
     * Begins a call that returns something and so cannot be queued.
     *
     * @throws IllegalStateException inside a sink
     */
    void begin() {
        if (sinks > 0) {
            throw new IllegalStateException("inside a packet sink only calls without a result are possible");
        }
        depth++;
    }

    /** Ends a call; the outermost one runs what was queued. */
    void end(Host host) {
        try {
            if (depth == 1) {
                host.settle();
                for (Runnable call = calls.poll(); call != null; call = calls.poll()) {
                    call.run();
                }
            }
        } finally {
            depth--;
        }
    }

    /** Runs a call of the application: at once, or, from inside a sink, when the outermost call ends. */
    void call(Host host, Runnable call) {
        if (sinks > 0) {
            calls.add(() -> {
                call.run();
                host.settle();
            });
            return;
        }
        depth++;
        try {
            call.run();
        } finally {
            end(host);
        }
    }

    /** Begins a delivery that need not be queued, since the thread is inside no call; {@link #end} ends it. */
    void beginDelivery() {
        depth++;
    }

    /** Runs a delivery: at once, or, from inside any call, when the outermost one ends. */
    void deliver(Host host, Runnable delivery) {
        if (depth > 0) {
            calls.add(() -> {
                delivery.run();
                host.settle();
            });
            return;
        }
        depth++;
        try {
            delivery.run();
        } finally {
            end(host);
        }
    }

    /** Whether a delivery would be queued. */
    boolean isBusy() {
        return depth > 0;
    }

    void enterSink() {
        sinks++;
    }

    void leaveSink() {
        sinks--;
    }
}
