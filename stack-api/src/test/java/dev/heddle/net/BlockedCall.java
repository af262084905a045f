package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A call that blocks in a thread of its own, and how it ended. */
final class BlockedCall {

    /** The kinds of threads that programs block. */
    enum Threads {
        PLATFORM {
            @Override
            Thread.Builder builder() {
                return Thread.ofPlatform().daemon();
            }
        },
        VIRTUAL {
            @Override
            Thread.Builder builder() {
                return Thread.ofVirtual();
            }
        };

        abstract Thread.Builder builder();

        /** The calling thread's kind. */
        static Threads current() {
            return Thread.currentThread().isVirtual() ? VIRTUAL : PLATFORM;
        }
    }

    @FunctionalInterface
    interface Call {
        @Nullable Object run() throws Exception;
    }

    /** What a call returned or threw, and whether the thread was interrupted then. */
    record Outcome(@Nullable Object result, @Nullable Exception exception, boolean interrupted) {}

    private final Thread thread;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    private BlockedCall(Threads threads, Call call) {
        thread = threads.builder().unstarted(() -> {
            try {
                Object result = call.run();
                outcome.complete(
                        new Outcome(result, null, Thread.currentThread().isInterrupted()));
            } catch (Exception e) {
                outcome.complete(new Outcome(null, e, Thread.currentThread().isInterrupted()));
            }
        });
        thread.start();
    }

    /** Starts the call and returns when it blocks in a socket. */
    static BlockedCall start(Threads threads, Call call) {
        BlockedCall blocked = new BlockedCall(threads, call);
        blocked.awaitUntil(blocked::isBlocked);
        return blocked;
    }

    /** Returns when a call that was started waits for another thread's call on the same socket to end. */
    void awaitTurn() {
        awaitUntil(this::isQueued);
    }

    private void awaitUntil(BooleanSupplier condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(2))
                .until(() -> condition.getAsBoolean() || outcome.isDone());
        assertThat(outcome).as("ended instead of blocking").isNotDone();
    }

    /** The same in a thread of the caller's kind. */
    static BlockedCall start(Call call) {
        return start(Threads.current(), call);
    }

    /** Starts a call that may or may not block, in a thread of the caller's kind. */
    static BlockedCall startAnyway(Call call) {
        return startAnyway(Threads.current(), call);
    }

    /** Starts a call that may or may not block. */
    static BlockedCall startAnyway(Threads threads, Call call) {
        return new BlockedCall(threads, call);
    }

    /** Whether the thread is inside a wait for the network, ours or the JDK's. */
    private boolean isBlocked() {
        boolean waiting = false;
        for (StackTraceElement frame : thread.getStackTrace()) {
            String name = frame.getClassName();
            waiting |= name.equals(BlockingSide.class.getName())
                    && frame.getMethodName().equals("await");
            waiting |= name.startsWith("sun.nio.ch.")
                    && (frame.isNativeMethod() || frame.getMethodName().equals("park"));
        }
        return waiting && (!thread.isVirtual() || thread.getState() != Thread.State.RUNNABLE);
    }

    /** Whether the thread waits in line for a lock. */
    private boolean isQueued() {
        return Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(AbstractQueuedSynchronizer.class.getName()));
    }

    void interrupt() {
        thread.interrupt();
    }

    boolean isDone() {
        return outcome.isDone();
    }

    /** How the call ended; fails if it does not end soon. */
    Outcome end() {
        try {
            return outcome.get(20, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("still blocked: " + Arrays.toString(thread.getStackTrace()), e);
        } catch (ExecutionException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The exception that ended the call. */
    Exception failure() {
        Exception exception = end().exception();
        assertThat(exception).as("exception").isNotNull();
        return exception;
    }
}
