package dev.heddle.core.host;

import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.link.Packet;
import dev.heddle.core.tcp.Reset;
import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.wire.Checksum;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.Refusal;
import dev.heddle.core.wire.TcpHeader;
import org.jspecify.annotations.Nullable;

/** Brings each TCP segment that IP let in to what it belongs to. Any thread. */
final class TcpInput {

    /** How often a name may change hands under one segment before the segment counts as lost. */
    private static final int ATTEMPTS = 16;

    private final Host host;
    private final CounterSet<TcpCounter> counters;

    TcpInput(Host host) {
        this.host = host;
        counters = host.counters().tcp();
    }

    /** Checks a segment and dispatches it. */
    void packetArrives(HostInterface in, Packet packet, Batch batch) {
        TcpHeader header = packet.tcp();
        int gso = packet.gsoSize();
        Refusal refusal = header.wrap(packet.buffer(), packet.transportOffset, packet.transportLength);
        // A super-segment is as many segments as it was cut from or will be (RFC 9293 does not know it).
        counters.add(
                TcpCounter.TcpInSegs,
                gso > 0 && refusal == Refusal.NONE ? Math.max(1, (header.payloadLength() + gso - 1) / gso) : 1);
        if (refusal == Refusal.NONE && !packet.checksumTrusted() && !header.verifyChecksum(pseudoHeader(packet))) {
            refusal = Refusal.TCP_CHECKSUM;
            counters.increment(TcpCounter.TcpInCsumErrors);
        }
        if (refusal != Refusal.NONE) {
            counters.increment(TcpCounter.TcpInErrs);
            in.refusals().increment(refusal);
            return;
        }
        dispatch(packet, in.scopeOf(packet.sourceHigh, packet.sourceLow), batch);
    }

    /** Dispatches a segment whose header is wrapped and checked. The packet stays the caller's. */
    void dispatch(Packet packet, int scope, @Nullable Batch batch) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            TcpHeader header = packet.tcp();
            TableEntry entry = host.table()
                    .find(
                            packet.destinationHigh,
                            packet.destinationLow,
                            header.destinationPort(),
                            packet.sourceHigh,
                            packet.sourceLow,
                            header.sourcePort(),
                            scope);
            boolean done = switch (entry) {
                case null -> {
                    SocketPair pair = pairOf(packet, scope);
                    yield toListener(packet, pair, listenerOf(pair), null, batch);
                }
                case TcpConnection connection -> connection.arrives(packet, batch);
                case HalfOpenEntry handshake -> handshake.listener().segmentArrives(handshake, packet, batch);
                case TimeWaitEntry timeWait -> toTimeWait(timeWait, packet, batch);
            };
            if (done) {
                return;
            }
        }
        counters.increment(TcpCounter.TcpInErrs);
        DropReports drops = host.dropReports();
        if (drops != null) {
            drops.segmentDropped(TcpCounter.TcpInErrs, pairOf(packet, scope), packet.length());
        }
    }

    private boolean toTimeWait(TimeWaitEntry entry, Packet packet, @Nullable Batch batch) {
        TcpListener listener = packet.tcp().isSyn() ? listenerOf(entry.pair()) : null;
        return switch (host.timeWaits().segmentArrives(entry, packet, listener != null)) {
            case HANDLED -> true;
            case GONE -> false;
            case REOPENED ->
                toListener(packet, entry.pair(), listener, entry.record().reopenIss(), batch);
        };
    }

    private boolean toListener(
            Packet packet,
            SocketPair pair,
            @Nullable TcpListener listener,
            @Nullable Integer issBound,
            @Nullable Batch batch) {
        if (listener != null) {
            return listener.segmentArrives(packet, pair, issBound, batch);
        }
        // RFC 9293 3.10.7.1: no connection, state CLOSED
        Reset.answer(host.tcpContext(), packet, pair);
        return true;
    }

    private @Nullable TcpListener listenerOf(SocketPair pair) {
        return host.listeners().find(pair.localAddress(), pair.localPort());
    }

    private static SocketPair pairOf(Packet packet, int scope) {
        return new SocketPair(
                packet.destinationHigh,
                packet.destinationLow,
                packet.tcp().destinationPort(),
                packet.sourceHigh,
                packet.sourceLow,
                packet.tcp().sourcePort(),
                scope);
    }

    private static long pseudoHeader(Packet packet) {
        return Checksum.pseudoHeader(
                packet.sourceHigh,
                packet.sourceLow,
                packet.destinationHigh,
                packet.destinationLow,
                TcpHeader.PROTOCOL,
                packet.transportLength);
    }

    /** The interface's index if an address is unique only there, else 0. */
    static int scope(int interfaceIndex, long high, long low) {
        return IpAddress.isLinkLocal(high, low) ? interfaceIndex : 0;
    }
}
