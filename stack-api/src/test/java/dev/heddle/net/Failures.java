package dev.heddle.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** How calls fail: with the very class of an exception, and the very words. */
final class Failures {

    private Failures() {}

    /** What a call throws; fails if it does not. */
    static Throwable of(ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).as("a failure").isNotNull();
        return thrown;
    }

    static AbstractThrowableAssert<?, ?> assertFails(
            Class<? extends Throwable> exactly, String message, ThrowingCallable call) {
        return assertThat(of(call)).isExactlyInstanceOf(exactly).hasMessage(message);
    }
}
