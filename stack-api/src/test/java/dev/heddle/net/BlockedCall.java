package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
        await().atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> blocked.isBlocked() || blocked.outcome.isDone());
        assertThat(blocked.outcome).as("ended instead of blocking").isNotDone();
        return blocked;
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
