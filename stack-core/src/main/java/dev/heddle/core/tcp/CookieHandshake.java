package dev.heddle.core.tcp;

import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.TcpHeader;

/**
 * A passive open that keeps nothing between the SYN and the ACK (RFC 4987 3.6): what there is to remember goes to the peer
 * and comes back. The MSS is in the {@link SynCookies cookie}; window scaling, SACK and ECN, as Linux does it, in the low bits of
 * the timestamp that the peer echoes, and without timestamps they are not used.
 */
public final class CookieHandshake {

    /** For so long after the last cookie an ACK may still bring one. */
    public static final long LIFETIME_NS = SynCookies.LIFETIME_NS;

    private static final int OPTION_BITS = 6;
    private static final int OPTION_MASK = (1 << OPTION_BITS) - 1;
    private static final int SHIFT_MASK = 0xf;
    /** Larger than any shift. */
    private static final int NO_SCALING = SHIFT_MASK;

    private static final int SACK = 1 << 4;
    private static final int ECN = 1 << 5;

    private CookieHandshake() {}

    /**
     * Answers a SYN.
     *
     * @param options what the connection will start with
     */
    public static void answer(
            TcpContext context,
            SocketPair pair,
            Packet syn,
            ConnectionOptions options,
            PathProperties path,
            long nowNs) {
        TcpHeader header = syn.tcp();
        NegotiatedOptions offer = offer(context, pair, options);
        NegotiatedOptions negotiated = offer.accept(header.options());
        if (!negotiated.timestamps()) {
            negotiated = negotiated.withMssOnly();
        }
        boolean ecn = negotiated.timestamps() && context.config().ecn() != EcnMode.OFF && Ecn.isSetupSyn(header);
        int irs = header.sequence();
        int iss = context.initialSequence().cookies().mint(pair, irs, negotiated.sendMss(), nowNs);
        int timestamp = timestampWith(bitsOf(negotiated) | (ecn ? ECN : 0), negotiated, nowNs);
        int echo = negotiated.timestamps() ? header.options().timestampValue() : 0;
        int window = Receiver.synWindow(context, options);
        SynAck.send(context, pair, options, path, negotiated, iss, irs, timestamp, echo, window, ecn);
        context.counters().increment(TcpCounter.TcpExtSyncookiesSent);
    }

    /**
     * Looks at an ACK for which there is no connection.
     *
     * @return the MSS that its cookie stands for; 0 if it brings none that is valid
     */
    public static int check(TcpContext context, SocketPair pair, Packet ack, long nowNs) {
        int mss = mssOf(context, pair, ack, nowNs);
        context.counters().increment(mss == 0 ? TcpCounter.TcpExtSyncookiesFailed : TcpCounter.TcpExtSyncookiesRecv);
        return mss;
    }

    /** Whether an ACK brings a valid cookie; nothing is counted. */
    public static boolean isBroughtBy(TcpContext context, SocketPair pair, Packet ack, long nowNs) {
        return mssOf(context, pair, ack, nowNs) != 0;
    }

    private static int mssOf(TcpContext context, SocketPair pair, Packet ack, long nowNs) {
        TcpHeader header = ack.tcp();
        int cookie = header.acknowledgment() - 1;
        return context.initialSequence().cookies().check(pair, header.sequence() - 1, cookie, nowNs);
    }

    /**
     * The connection that an ACK with a valid cookie makes, in SYN-RECEIVED until it is fed this ACK.
     *
     * @param mss what {@link #check} said
     */
    public static Tcb accept(
            TcpContext context,
            SocketPair pair,
            Packet ack,
            int mss,
            ConnectionOptions options,
            PathProperties path,
            long nowNs) {
        TcpHeader header = ack.tcp();
        int iss = header.acknowledgment() - 1;
        int irs = header.sequence() - 1;
        NegotiatedOptions offer = offer(context, pair, options);
        boolean stamped = offer.timestamps() && header.options().hasTimestamps();
        int bits = stamped ? header.options().timestampEcho() - offer.timestampOffset() & OPTION_MASK : NO_SCALING;
        NegotiatedOptions negotiated = offer.remembered(
                mss, (bits & SHIFT_MASK) == NO_SCALING ? -1 : bits & SHIFT_MASK, (bits & SACK) != 0, stamped);
        Opening opening = new Opening(context, pair, options, path, iss, nowNs);
        // Nobody knows when the SYN-ACK left.
        Handshake handshake = Handshake.passive(false, true, nowNs);
        int peerTimestamp = stamped ? header.options().timestampValue() : 0;
        Tcb tcb = Tcb.passiveOpen(opening, negotiated, handshake, irs, peerTimestamp, Receiver.synWindow(options));
        if ((bits & ECN) != 0 && context.config().ecn() != EcnMode.OFF) {
            tcb.emitter().ecn().agree();
        }
        return tcb;
    }

    private static NegotiatedOptions offer(TcpContext context, SocketPair pair, ConnectionOptions options) {
        int timestampOffset = context.initialSequence().timestampOffset(pair);
        return NegotiatedOptions.offer(context.config(), options, pair.isIpv4(), timestampOffset);
    }

    private static int bitsOf(NegotiatedOptions negotiated) {
        return (negotiated.windowScaling() ? negotiated.sendShift() : NO_SCALING) | (negotiated.sack() ? SACK : 0);
    }

    /** The timestamp of now or a little earlier, so that later ones are not smaller, with the bits at its end. */
    private static int timestampWith(int bits, NegotiatedOptions negotiated, long nowNs) {
        int offset = negotiated.timestampOffset();
        int clock = negotiated.timestamp(nowNs) - offset;
        int marked = clock & ~OPTION_MASK | bits;
        return (marked - clock > 0 ? marked - (1 << OPTION_BITS) : marked) + offset;
    }
}
