package dev.heddle.jfr;

import java.util.List;
import jdk.jfr.Event;

/** The kinds of events that there are. Loading this class makes the JVM prepare them all. */
final class EventKinds {

    /** One of each kind, to be asked whether it is wanted. */
    private static final List<Event> KINDS = List.of(
            new ConnectionOpenedEvent(),
            new ConnectionClosedEvent(),
            new RetransmissionEvent(),
            new RetransmissionTimeoutEvent(),
            new LossRecoveryEnteredEvent(),
            new LossRecoveryLeftEvent(),
            new ZeroWindowEvent(),
            new ZeroWindowOverEvent(),
            new DataDroppedEvent(),
            new PacketDroppedEvent());

    private EventKinds() {}

    /** Loads them all. */
    static boolean load() {
        return !KINDS.isEmpty();
    }

    static boolean isAnyEnabled() {
        // Without an iterator: this is asked for every event.
        for (int i = 0; i < KINDS.size(); i++) {
            if (KINDS.get(i).isEnabled()) {
                return true;
            }
        }
        return false;
    }
}
