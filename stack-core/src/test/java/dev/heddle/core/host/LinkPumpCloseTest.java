package dev.heddle.core.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.link.Link;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.LinkDownException;
import dev.heddle.core.link.Packet;
import dev.heddle.core.time.Clock;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LinkPumpCloseTest {

    private volatile boolean down;
    private volatile boolean insideStep;
    private volatile boolean wakened;
    private volatile boolean permitUsed;

    @Test
    @Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void closing_is_noticed_although_a_contended_lock_uses_up_the_permit() {
        Clock clock = this::timeOfPump;
        Host host = Host.create(HostConfig.DEFAULTS, clock, new SplittableRandom(1));
        BrokenLink link = new BrokenLink();
        LinkPump pump =
                new LinkPump(host, host.addInterface("broken0", link.capabilities(), link, List.of()), link, clock);
        pump.start();
        while (!insideStep) {
            Thread.onSpinWait();
        }
        pump.close();
        assertThat(permitUsed)
                .as("the pump was between its look at closing and its sleep")
                .isTrue();
        host.close();
    }

    /** The first look at the time in a step without a link waits for the close, and uses up its permit as a lock would. */
    private long timeOfPump() {
        if (down && !insideStep && Thread.currentThread().getName().equals("heddle-broken0")) {
            insideStep = true;
            while (!wakened) {
                Thread.onSpinWait();
            }
            LockSupport.park(this);
            permitUsed = true;
        }
        return 1;
    }

    /** A link that has failed. */
    private final class BrokenLink implements Link {

        @Override
        public String name() {
            return "broken0";
        }

        @Override
        public LinkCapabilities capabilities() {
            return LinkCapabilities.plain(1500);
        }

        @Override
        public boolean transmit(Packet packet) {
            return true;
        }

        @Override
        public boolean receive(Packet into) {
            down = true;
            throw new LinkDownException("broken");
        }

        @Override
        public long nextDeadline() {
            return Clock.NEVER;
        }

        @Override
        public void awaitWork(long untilNs) {
            throw new LinkDownException("broken");
        }

        @Override
        public void wakeup() {
            wakened = true;
        }

        @Override
        public void close() {}
    }
}
