package dev.heddle.core.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TimerWheelTest {

    private static final class Timer extends TimerWheel.Node {}

    private final TimerWheel wheel = new TimerWheel();
    private final Timer timer = new Timer();

    @Test
    void an_empty_wheel_has_no_deadline() {
        assertThat(wheel.nextDeadline()).isEqualTo(Clock.NEVER);
        assertThat(wheel.poll(Long.MAX_VALUE - 1)).isNull();
    }

    @Test
    void a_timer_expires_at_its_nanosecond_and_not_before() {
        wheel.schedule(timer, 123_456_789);
        assertThat(wheel.nextDeadline()).isEqualTo(123_456_789);
        assertThat(wheel.poll(123_456_788)).isNull();
        assertThat(timer.isScheduled()).isTrue();
        assertThat(wheel.poll(123_456_789)).isSameAs(timer);
        assertThat(timer.isScheduled()).isFalse();
        assertThat(wheel.nextDeadline()).isEqualTo(Clock.NEVER);
    }

    @Test
    void a_deadline_that_has_passed_is_due_at_once() {
        wheel.poll(1_000_000_000);
        wheel.schedule(timer, 5);
        assertThat(wheel.nextDeadline()).isEqualTo(5);
        assertThat(wheel.poll(1_000_000_000)).isSameAs(timer);
    }

    @Test
    void scheduling_again_moves_a_timer() {
        wheel.schedule(timer, 1000);
        wheel.schedule(timer, 9_000_000_000L);
        assertThat(wheel.size()).isEqualTo(1);
        assertThat(wheel.nextDeadline()).isEqualTo(9_000_000_000L);
        assertThat(wheel.poll(8_999_999_999L)).isNull();
        wheel.schedule(timer, 9_000_000_000L - 1);
        assertThat(wheel.poll(8_999_999_999L)).isSameAs(timer);
    }

    @Test
    void a_cancelled_timer_never_expires() {
        wheel.schedule(timer, 1000);
        wheel.cancel(timer);
        wheel.cancel(timer);
        assertThat(wheel.nextDeadline()).isEqualTo(Clock.NEVER);
        assertThat(wheel.poll(Long.MAX_VALUE)).isNull();
        assertThat(wheel.size()).isZero();
    }

    @Test
    void a_timer_may_be_centuries_away() {
        long far = Long.MAX_VALUE - 7;
        wheel.schedule(timer, far);
        assertThat(wheel.poll(far - 1)).isNull();
        assertThat(wheel.nextDeadline()).isEqualTo(far);
        assertThat(wheel.poll(far)).isSameAs(timer);
    }

    @Test
    void equal_deadlines_expire_in_the_order_of_scheduling() {
        Timer second = new Timer();
        wheel.schedule(timer, 70_000_000_000L);
        wheel.schedule(second, 70_000_000_000L);
        assertThat(wheel.poll(70_000_000_000L)).isSameAs(timer);
        assertThat(wheel.poll(70_000_000_000L)).isSameAs(second);
    }

    @Test
    void negative_deadlines_are_refused() {
        assertThatThrownBy(() -> wheel.schedule(timer, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(timer.isScheduled()).isFalse();
    }
}
