package dev.heddle.core.tcp;

import dev.heddle.core.wire.TcpOptions;

/**
 * What both ends agreed on in the handshake; immutable.
 *
 * @param sendMss the largest segment payload the peer takes (RFC 9293 3.7.1), options not subtracted
 * @param sendShift Snd.Wind.Shift (RFC 7323 2.2): applied to windows that arrive
 * @param receiveShift Rcv.Wind.Shift: applied to windows that are sent
 * @param windowScaling both sides sent the option
 * @param sack both sides sent SACK-permitted
 * @param timestamps both sides sent timestamps
 * @param timestampOffset added to the clock of our timestamps, different for each connection
 */
record NegotiatedOptions(
        int sendMss,
        int sendShift,
        int receiveShift,
        boolean windowScaling,
        boolean sack,
        boolean timestamps,
        int timestampOffset) {

    /** A tick of our timestamp clock (RFC 7323 5.4 asks for 1 ms to 1 s). */
    static final long TIMESTAMP_TICK_NS = 1_000_000L;

    /** RFC 7323 2.3: a larger shift is taken as this. */
    static final int MAX_SHIFT = 14;

    /** RFC 9293 MUST-15, SHLD-5: without the option. */
    static final int DEFAULT_MSS_IPV4 = 536;

    static final int DEFAULT_MSS_IPV6 = 1220;

    /** A peer that announces less is taken to mean this, as Linux does: headers would outweigh data. */
    static final int MIN_MSS = 48;

    /** NOP, NOP and the option (RFC 7323 appendix A). */
    static final int TIMESTAMP_BYTES = 12;

    /** What we offer in a SYN. */
    static NegotiatedOptions offer(TcpConfig config, ConnectionOptions options, boolean ipv4, int timestampOffset) {
        return new NegotiatedOptions(
                ipv4 ? DEFAULT_MSS_IPV4 : DEFAULT_MSS_IPV6,
                0,
                config.windowScaling() ? shiftFor(options.maxReceiveBufferBytes()) : 0,
                config.windowScaling(),
                config.sack(),
                config.timestamps(),
                timestampOffset);
    }

    /** What remains of our offer after the peer's SYN. */
    NegotiatedOptions accept(TcpOptions peer) {
        boolean scaling = windowScaling && peer.windowScale() >= 0;
        return new NegotiatedOptions(
                peer.mss() >= 0 ? Math.max(MIN_MSS, peer.mss()) : sendMss,
                scaling ? Math.min(MAX_SHIFT, peer.windowScale()) : 0,
                scaling ? receiveShift : 0,
                scaling,
                sack && peer.sackPermitted(),
                timestamps && peer.hasTimestamps(),
                timestampOffset);
    }

    /** What was agreed if nothing but the MSS can be remembered. */
    NegotiatedOptions withMssOnly() {
        return new NegotiatedOptions(sendMss, 0, 0, false, false, false, timestampOffset);
    }

    /**
     * What remains of our offer, by what a peer has brought back to us.
     *
     * @param peerShift the peer's shift, −1 if it does not scale
     */
    NegotiatedOptions remembered(int mss, int peerShift, boolean peerSack, boolean stamped) {
        boolean scaling = windowScaling && peerShift >= 0;
        return new NegotiatedOptions(
                mss,
                scaling ? Math.min(MAX_SHIFT, peerShift) : 0,
                scaling ? receiveShift : 0,
                scaling,
                sack && peerSack,
                timestamps && stamped,
                timestampOffset);
    }

    /** The option bytes of every segment after the handshake, SACK blocks excepted. */
    int segmentOptionBytes() {
        return timestamps ? TIMESTAMP_BYTES : 0;
    }

    /** The clock of our timestamps. */
    int timestamp(long nowNs) {
        return (int) (nowNs / TIMESTAMP_TICK_NS) + timestampOffset;
    }

    private static int shiftFor(int receiveBufferBytes) {
        int shift = 0;
        while (shift < MAX_SHIFT && receiveBufferBytes >> shift > 65_535) {
            shift++;
        }
        return Math.max(7, shift);
    }
}
