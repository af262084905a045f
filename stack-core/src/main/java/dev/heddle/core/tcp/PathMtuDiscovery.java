package dev.heddle.core.tcp;

import dev.heddle.core.wire.TcpHeader;

/**
 * Path MTU discovery of one connection (RFC 1191, RFC 8201): which reports of a smaller MTU are believed and when, and what
 * is concluded if none comes although full-sized segments disappear.
 *
 * <p>Anybody can send an ICMP message. So it must quote what is in flight, must claim what a router could have meant, and, if
 * segments of the size in question have arrived before, must be borne out by a timeout (RFC 5927 7.2).
 */
final class PathMtuDiscovery {

    /** RFC 791 3.2: what every link takes, narrow as it may be. */
    private static final int LEAST_MTU_IPV4 = 68;

    /** RFC 8201 4. */
    static final int MIN_MTU_IPV6 = 1280;

    /** RFC 1191 7.1, for routers that do not say their MTU. */
    private static final int[] PLATEAUS = {32_000, 17_914, 8166, 4352, 2002, 1492, 1006, 508, 296};

    /** R1 of RFC 9293 3.8.3: so many timeouts in a row, and the path is suspected to swallow what is too big. */
    private static final int SUSPICIOUS_TIMEOUTS = 3;

    /** Linux's {@code tcp_base_mss}. */
    private static final int BASE_MSS = 1024;

    /* The first segment of a size: when it is acknowledged, the size is known to arrive. */
    private int triedBytes;
    private long triedEnd;

    /** The largest payload that is known to have arrived since the path was last found to be narrower. */
    private int provenBytes;

    /** A report that waits for a timeout, 0 if there is none, and the offset that it quotes. */
    private int pendingMtu;

    private long pendingQuoted;

    /** The MTU that was last concluded and nobody has asked for, or 0. */
    private int discoveredMtu;

    /** New data was sent for the first time. */
    void sent(long start, long length, int mssBytes, long una) {
        if (length >= mssBytes && mssBytes != triedBytes) {
            noteProven(una);
            triedBytes = mssBytes;
            triedEnd = start + mssBytes;
        }
    }

    private void noteProven(long una) {
        if (una >= triedEnd) {
            provenBytes = Math.max(provenBytes, triedBytes);
        }
    }

    /** The way to the peer changed: segments are cut anew from here on, and what may be too long for it is sent again. */
    static void pathChanged(Tcb tcb, PathProperties path) {
        SegmentEmitter emitter = tcb.emitter();
        int before = emitter.mssBytes();
        boolean newlyFragmenting = path.fragmenting() && !emitter.path().fragmenting();
        emitter.path(path);
        if (emitter.mssBytes() != before) {
            tcb.sender().congestion().segmentSizeChanged(emitter.mssBytes());
        }
        if (emitter.mssBytes() < before || newlyFragmenting) {
            tcb.sender().resendForSmallerPath();
        }
    }

    /** As {@link Tcb#packetTooBig}. */
    static void reported(Tcb tcb, int nextHopMtu, int quotedBytes, int quotedSequence) {
        PathMtuDiscovery discovery = tcb.sender().pathMtuDiscovery();
        // Nothing that is sent before the first data can have been too big.
        if (discovery != null && tcb.state() != TcpState.CLOSED) {
            discovery.judge(tcb, nextHopMtu, quotedBytes, quotedSequence);
        }
    }

    /**
     * ICMP says that a packet was too big for the next hop.
     *
     * @param nextHopMtu 0 if the router did not say, which those of IPv6 always do
     * @param quotedBytes the length of the packet that it speaks of
     * @param quotedSequence the number of the segment in it
     */
    private void judge(Tcb tcb, int nextHopMtu, int quotedBytes, int quotedSequence) {
        long una = tcb.sendSequence().una;
        long quoted = tcb.sendSequence().offset(quotedSequence);
        // RFC 5927 4.1
        if (quoted < una || quoted >= tcb.sendSequence().nxt) {
            return;
        }
        PathProperties path = tcb.emitter().path();
        int largestSent = largestPacketBytes(tcb);
        int mtu = nextHopMtu;
        if (mtu == 0 && tcb.pair().isIpv4()) {
            mtu = plateauBelow(Math.min(quotedBytes, largestSent));
        } else if (mtu >= quotedBytes) {
            // A router that takes so much would not have dropped this.
            return;
        }
        if (tcb.pair().isIpv4()) {
            mtu = Math.max(mtu, LEAST_MTU_IPV4);
        } else if (mtu < MIN_MTU_IPV6) {
            // RFC 8201 4: must be discarded.
            return;
        }
        // Never larger than now, nor for segments that are smaller than that anyway.
        if (mtu >= Math.min(path.mtu(), largestSent) || path.withMtu(mtu).equals(path)) {
            return;
        }
        noteProven(una);
        if (payloadOf(tcb, mtu) < provenBytes) {
            // What an earlier report quotes may have arrived in the meantime.
            boolean isLeast = pendingMtu == 0 || una > pendingQuoted || mtu < pendingMtu;
            pendingMtu = isLeast ? mtu : pendingMtu;
            pendingQuoted = quoted;
            return;
        }
        narrowTo(tcb, mtu);
    }

    /** The retransmission timer has expired, and the segment at SND.UNA is about to be sent again. */
    void timedOut(Tcb tcb) {
        if (pendingMtu > 0) {
            int mtu = pendingMtu;
            pendingMtu = 0;
            // If what it quotes has arrived after all, it was a lie or a mistake.
            if (tcb.sendSequence().una <= pendingQuoted
                    && mtu < tcb.emitter().path().mtu()) {
                narrowTo(tcb, mtu);
                return;
            }
        }
        if (tcb.context().config().mtuProbing() && tcb.sender().unanswered() >= SUSPICIOUS_TIMEOUTS) {
            suspectBlackHole(tcb);
        }
    }

    /** RFC 4821 7.7: without ICMP, what tells a narrow path is that nothing large arrives. */
    private void suspectBlackHole(Tcb tcb) {
        int mss = tcb.emitter().mssBytes();
        if (tcb.unacknowledgedBytes() < mss) {
            return;
        }
        int smallest = tcb.pair().isIpv4() ? PathProperties.MIN_MTU_IPV4 : MIN_MTU_IPV6;
        int overhead = largestPacketBytes(tcb) - mss;
        int mtu = Math.max(smallest, (mss > BASE_MSS ? BASE_MSS : mss / 2) + overhead);
        if (mtu < largestPacketBytes(tcb)) {
            narrowTo(tcb, mtu);
        }
    }

    private void narrowTo(Tcb tcb, int mtu) {
        triedBytes = 0;
        triedEnd = 0;
        provenBytes = 0;
        pendingMtu = 0;
        discoveredMtu = mtu;
        tcb.pathChanged(tcb.emitter().path().withMtu(mtu));
    }

    /** What was concluded since the last call; 0 for nothing. */
    int takeDiscoveredMtu() {
        int mtu = discoveredMtu;
        discoveredMtu = 0;
        return mtu;
    }

    /** The packet of a full-sized segment: the peer's MSS may keep it below the path's MTU. */
    private static int largestPacketBytes(Tcb tcb) {
        return tcb.emitter().mssBytes() + overheadBytes(tcb);
    }

    private static int payloadOf(Tcb tcb, int mtu) {
        return mtu - overheadBytes(tcb);
    }

    private static int overheadBytes(Tcb tcb) {
        return tcb.emitter().path().ipHeaderBytes()
                + TcpHeader.HEADER_BYTES
                + tcb.emitter().negotiated().segmentOptionBytes();
    }

    private static int plateauBelow(int bytes) {
        for (int plateau : PLATEAUS) {
            if (plateau < bytes) {
                return plateau;
            }
        }
        return LEAST_MTU_IPV4;
    }
}
