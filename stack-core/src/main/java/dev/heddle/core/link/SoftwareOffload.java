package dev.heddle.core.link;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Does in software what a plain sink does not offer: cuts TCP super-segments into packets of the MTU and completes
 * transport checksums.
 *
 * <p>Any thread may call. The sink is called under this object's lock, which keeps the parts of one super-segment
 * together; nothing else is.
 */
public final class SoftwareOffload implements PacketSink {

    private final PacketSink plain;
    private final LinkCapabilities plainCapabilities;
    private final LinkCapabilities capabilities;

    private final ReentrantLock lock = new ReentrantLock();

    /* Guarded by lock. */
    private final Segmenter segmenter = new Segmenter();
    private final Packet part;

    /** The rest of a super-segment that the sink had no room for; allocated when that first happens. */
    private @Nullable Packet rest;

    /** Whether parts are left in {@link #rest}; written under the lock, read by anyone. */
    private volatile boolean pending;

    /**
     * @param plain takes what this makes
     * @param plainCapabilities what it can do itself, which is left to it
     */
    public SoftwareOffload(PacketSink plain, LinkCapabilities plainCapabilities) {
        this.plain = plain;
        this.plainCapabilities = plainCapabilities;
        this.capabilities = new LinkCapabilities(plainCapabilities.mtu(), Packet.MAX_LENGTH, true);
        this.part = new Packet(plainCapabilities.mtu());
    }

    /** What this offers: super-segments of any size, and transmit checksums. */
    public LinkCapabilities capabilities() {
        return capabilities;
    }

    /**
     * As {@link PacketSink#transmit}. Of a super-segment that the sink takes only in part the rest is kept and counts as
     * taken; until it has gone everything else is refused.
     *
     * @throws IllegalArgumentException for a super-segment whose parts are longer than the MTU, or that is not TCP
     */
    @Override
    public boolean transmit(Packet packet) {
        lock.lock();
        try {
            if (!sendRest()) {
                return false;
            }
            if (packet.gsoSize() > 0) {
                return packet.length() <= plainCapabilities.maxSuperSegmentBytes()
                                && plainCapabilities.transmitChecksum()
                        ? plain.transmit(packet)
                        : cut(packet);
            }
            if (!plainCapabilities.transmitChecksum() && !Segmenter.completeChecksum(packet)) {
                throw new IllegalArgumentException("the checksum field is not in the packet's head");
            }
            return plain.transmit(packet);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sends what was kept because the sink was full. To be called when the sink may have room again.
     *
     * @return false if something is still kept
     */
    public boolean flush() {
        if (!pending) {
            return true;
        }
        lock.lock();
        try {
            return sendRest();
        } finally {
            lock.unlock();
        }
    }

    /**
     * What was taken of a super-segment and will never go.
     *
     * @param ipv4 whether it is IPv4's
     * @param bytes its length as one packet
     */
    public record Rest(boolean ipv4, int bytes) {}

    /** Gives up what was kept because the sink was full; null if nothing was. */
    public @Nullable Rest giveUp() {
        if (!pending) {
            return null;
        }
        lock.lock();
        try {
            if (!pending) {
                return null;
            }
            pending = false;
            return new Rest(segmenter.isIpv4(), segmenter.lengthLeft());
        } finally {
            lock.unlock();
        }
    }

    private boolean cut(Packet packet) {
        if (!segmenter.start(packet)) {
            throw new IllegalArgumentException("not a TCP super-segment with an incomplete checksum");
        }
        if (segmenter.longestPart() > capabilities.mtu()) {
            throw new IllegalArgumentException(
                    "parts of " + segmenter.longestPart() + " bytes for an MTU of " + capabilities.mtu());
        }
        if (sendParts()) {
            return true;
        }
        if (segmenter.atStart()) {
            return false;
        }
        Packet kept = rest;
        if (kept == null) {
            kept = rest = new Packet(Packet.MAX_LENGTH);
        }
        kept.copyOf(packet);
        segmenter.continueWith(kept);
        pending = true;
        // Once more: if room came before this was set, whoever was told of it has looked in vain.
        sendRest();
        return true;
    }

    private boolean sendRest() {
        if (pending && sendParts()) {
            pending = false;
        }
        return !pending;
    }

    private boolean sendParts() {
        while (segmenter.hasNext()) {
            segmenter.write(part);
            if (!plain.transmit(part)) {
                return false;
            }
            segmenter.advance();
        }
        return true;
    }
}
