package dev.heddle.core.host;

import dev.heddle.core.icmp.IcmpErrorSender;
import dev.heddle.core.ip.Fragment;
import dev.heddle.core.ip.FragmentLosses;
import dev.heddle.core.ip.Reassembly;
import dev.heddle.core.ip.ReassemblyLimits;
import dev.heddle.core.link.Packet;
import dev.heddle.core.link.PacketPool;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The fragments of a host that wait for the others, whichever interfaces they come by. Any thread; under its lock are taken
 * only those of the pools, and a pump may be woken.
 */
final class Fragments {

    private final Network network;
    private final PacketPool packets;
    private final IcmpErrorSender errors;

    private final ReentrantLock lock = new ReentrantLock();

    /* Guarded by lock. */
    private final Reassembly ipv4;
    private final Reassembly ipv6;
    private @Nullable HomeTimer timer;
    /** Why the fragment at hand was refused. */
    private @Nullable Refusal refused;

    /** @param limitBytes what the fragments of each address family may take */
    Fragments(
            Network network,
            PacketPool packets,
            HostCounters counters,
            IcmpErrorSender errors,
            @Nullable DropReports drops,
            long limitBytes) {
        this.network = network;
        this.packets = packets;
        this.errors = errors;
        FragmentLosses losses = drops == null ? FragmentLosses.NONE : new Losses(drops);
        ipv4 = reassembly(true, limitBytes, counters, losses);
        ipv6 = reassembly(false, limitBytes, counters, losses);
    }

    private Reassembly reassembly(boolean isIpv4, long limitBytes, HostCounters counters, FragmentLosses losses) {
        ReassemblyLimits limits = ReassemblyLimits.of(isIpv4, limitBytes);
        return new Reassembly(isIpv4, limits, packets, counters.ip(), counters.refusals(), losses);
    }

    /** Takes a fragment; gives the whole datagram if it was the last one missing, to be released by the caller. */
    @Nullable Packet accept(HostInterface in, Packet packet, Fragment fragment) {
        Reassembly family = IpAddress.isIpv4(packet.destinationHigh, packet.destinationLow) ? ipv4 : ipv6;
        int scope = in.scopeOf(packet.sourceHigh, packet.sourceLow);
        lock.lock();
        try {
            refused = null;
            Packet whole = family.accept(packet, fragment, scope, packet.arrivalNs);
            HomeTimer t = timer;
            if (t == null) {
                t = timer = new Expiry(in.driver());
            }
            t.arm(nextDeadlineNs());
            DropReports.Watch drops = in.drops();
            if (drops != null && refused != null) {
                drops.because(refused);
            }
            return whole;
        } finally {
            lock.unlock();
        }
    }

    /** Gives everything back; what still comes is not kept. */
    void close() {
        lock.lock();
        try {
            ipv4.close();
            ipv6.close();
            HomeTimer t = timer;
            if (t != null) {
                t.cancel();
            }
        } finally {
            lock.unlock();
        }
    }

    private void expire(long nowNs) {
        List<Reassembly.TimedOut> late = new ArrayList<>();
        lock.lock();
        try {
            late.addAll(ipv4.expire(nowNs));
            late.addAll(ipv6.expire(nowNs));
            HomeTimer t = timer;
            if (t != null) {
                t.arm(nextDeadlineNs());
            }
        } finally {
            lock.unlock();
        }
        for (Reassembly.TimedOut datagram : late) {
            errorsOn(datagram.scope()).reassemblyTimeExceeded(datagram.first(), network.localAddresses(), nowNs);
            packets.release(datagram.first());
        }
    }

    /** Tells senders; those that are known on one link only there. */
    private IcmpErrorSender errorsOn(int scope) {
        HostInterface there = network.networkInterface(scope);
        return there == null ? errors : there.icmpErrors();
    }

    private long nextDeadlineNs() {
        return Math.min(ipv4.nextDeadlineNs(), ipv6.nextDeadlineNs());
    }

    /** What goes is told, what is refused is noted; with the lock. */
    private final class Losses implements FragmentLosses {

        private final DropReports drops;

        Losses(DropReports drops) {
            this.drops = drops;
        }

        @Override
        public void refused(Refusal why) {
            refused = why;
        }

        @Override
        public void givenUp(
                Enum<?> why,
                long sourceHigh,
                long sourceLow,
                long destinationHigh,
                long destinationLow,
                int protocol,
                int bytes) {
            drops.fragmentsDropped(
                    why,
                    IpAddress.of(sourceHigh, sourceLow),
                    IpAddress.of(destinationHigh, destinationLow),
                    protocol,
                    bytes);
        }
    }

    /** When the first datagram is given up; at home where the first fragment came from. */
    private final class Expiry extends HomeTimer {

        Expiry(Driver home) {
            super(home);
        }

        @Override
        void expired(long nowNs, Batch batch) {
            expire(nowNs);
        }
    }
}
