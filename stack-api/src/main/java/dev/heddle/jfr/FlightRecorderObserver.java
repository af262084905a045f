package dev.heddle.jfr;

import dev.heddle.core.host.HostObserver;
import dev.heddle.core.host.PacketDrop;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.TcpEvent;
import dev.heddle.core.tcp.TcpInfo;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import org.jspecify.annotations.Nullable;

/**
 * Hands what a host tells to the Flight Recorder, and to another observer beside it. While nothing is recorded it asks the host
 * for nothing: whether an event is wanted is one look at each kind.
 */
public final class FlightRecorderObserver implements HostObserver {

    /** Whether the JVM has a recorder yet. Until it has, the events are not even loaded, which takes longer than all else. */
    private static volatile boolean recorder;

    static {
        // On the thread that makes the recorder, and at once if there is one: never under a lock of the host's.
        FlightRecorder.addListener(new FlightRecorderListener() {
            @Override
            public void recorderInitialized(FlightRecorder initialized) {
                recorder = EventKinds.load();
            }
        });
    }

    private final HostObserver other;

    private FlightRecorderObserver(HostObserver other) {
        this.other = other;
    }

    /** An observer that tells the Flight Recorder and another one. */
    public static HostObserver beside(HostObserver other) {
        return new FlightRecorderObserver(other);
    }

    @Override
    public boolean isListening() {
        return isOtherListening() || isRecording();
    }

    private boolean isOtherListening() {
        return other != NONE && other.isListening();
    }

    private static boolean isRecording() {
        return recorder && EventKinds.isAnyEnabled();
    }

    @Override
    public void opened(SocketPair pair) {
        if (isRecording()) {
            commit(new ConnectionOpenedEvent(), pair);
        }
        if (isOtherListening()) {
            other.opened(pair);
        }
    }

    @Override
    public void closed(SocketPair pair, TcpInfo last, Failure why) {
        if (isRecording()) {
            commit(closing(last, why), pair);
        }
        if (isOtherListening()) {
            other.closed(pair, last, why);
        }
    }

    private static ConnectionEvent closing(TcpInfo last, Failure why) {
        ConnectionClosedEvent event = new ConnectionClosedEvent();
        if (event.isEnabled()) {
            event.reason = why.name();
            event.bytesAcknowledged = last.acknowledgedBytes();
            event.bytesReceived = last.receivedBytes();
            event.bytesRetransmitted = last.retransmittedBytes();
            event.segmentsOut = last.traffic().segmentsSent();
            event.segmentsIn = last.traffic().segmentsReceived();
            event.smoothedRtt = last.rttNs();
            event.minRtt = last.minRttNs() == Long.MAX_VALUE ? 0 : last.minRttNs();
            event.congestionControl = last.congestionControl();
        }
        return event;
    }

    @Override
    public void happened(SocketPair pair, TcpEvent happening) {
        if (isRecording()) {
            commit(of(happening), pair);
        }
        if (isOtherListening()) {
            other.happened(pair, happening);
        }
    }

    @Override
    public void dropped(PacketDrop drop) {
        if (isRecording()) {
            commit(drop);
        }
        if (isOtherListening()) {
            other.dropped(drop);
        }
    }

    private static void commit(PacketDrop drop) {
        PacketDroppedEvent event = new PacketDroppedEvent();
        if (event.isEnabled()) {
            event.direction = drop.direction().name();
            event.why = drop.why().name();
            event.interfaceName = drop.interfaceName();
            event.source = text(drop.source());
            event.destination = text(drop.destination());
            event.protocol = drop.protocol();
            event.bytes = drop.bytes();
            event.commit();
        }
    }

    private static @Nullable String text(@Nullable Object address) {
        return address == null ? null : address.toString();
    }

    private static void commit(ConnectionEvent event, SocketPair pair) {
        if (event.isEnabled()) {
            event.of(pair);
            event.commit();
        }
    }

    private static ConnectionEvent of(TcpEvent happening) {
        return switch (happening) {
            case TcpEvent.Retransmitted r -> {
                RetransmissionEvent event = new RetransmissionEvent();
                event.sequence = r.sequence();
                event.bytes = r.bytes();
                event.why = r.why().name();
                yield event;
            }
            case TcpEvent.TimedOut t -> {
                RetransmissionTimeoutEvent event = new RetransmissionTimeoutEvent();
                event.rto = t.rtoNs();
                event.unanswered = t.unanswered();
                event.outstandingBytes = t.outstandingBytes();
                yield event;
            }
            case TcpEvent.RecoveryEntered r -> {
                LossRecoveryEnteredEvent event = new LossRecoveryEnteredEvent();
                event.loss = r.loss().name();
                event.bytesInFlight = r.inFlightBytes();
                event.congestionWindow = r.congestionWindowBytes();
                event.slowStartThreshold = r.slowStartThresholdBytes();
                yield event;
            }
            case TcpEvent.RecoveryLeft r -> {
                LossRecoveryLeftEvent event = new LossRecoveryLeftEvent();
                event.outcome = r.outcome().name();
                event.congestionWindow = r.congestionWindowBytes();
                yield event;
            }
            case TcpEvent.WindowClosed w -> {
                ZeroWindowEvent event = new ZeroWindowEvent();
                event.side = w.side().name();
                yield event;
            }
            case TcpEvent.WindowOpened w -> {
                ZeroWindowOverEvent event = new ZeroWindowOverEvent();
                event.side = w.side().name();
                event.window = w.windowBytes();
                yield event;
            }
            case TcpEvent.Dropped d -> {
                DataDroppedEvent event = new DataDroppedEvent();
                event.why = d.why().name();
                event.bytes = d.bytes();
                yield event;
            }
        };
    }
}
