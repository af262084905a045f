package dev.heddle.core.ip;

import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.Ipv4Header;
import dev.heddle.core.wire.Ipv6Extension;
import dev.heddle.core.wire.Ipv6Header;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Makes received fragments for tests. */
public final class FragmentPackets {

    private FragmentPackets() {}

    /** One fragment with any fields; by the family of the destination. */
    public static Packet of(
            String source,
            String destination,
            int protocol,
            int identification,
            int offset,
            boolean more,
            byte... payload) {
        return withTrafficClass(0, source, destination, protocol, identification, offset, more, payload);
    }

    static Packet withTrafficClass(
            int trafficClass,
            String source,
            String destination,
            int protocol,
            int identification,
            int offset,
            boolean more,
            byte... payload) {
        IpAddress from = IpAddress.parse(source);
        IpAddress to = IpAddress.parse(destination);
        if (to.isIpv4()) {
            int length = Ipv4Header.HEADER_BYTES + payload.length;
            ByteBuffer b = ByteBuffer.allocate(length);
            Ipv4Header.write(
                    b, 0, length, identification, false, 64, protocol, trafficClass, (int) from.low(), (int) to.low());
            Ipv4Header.becomeFragment(b, 0, length, offset, more);
            b.put(Ipv4Header.HEADER_BYTES, payload);
            return Packets.of(b.array());
        }
        ByteBuffer b = ByteBuffer.allocate(Ipv6Header.HEADER_BYTES + 8 + payload.length);
        Ipv6Header.write(
                b,
                0,
                8 + payload.length,
                Ipv6Extension.FRAGMENT,
                64,
                trafficClass,
                0,
                from.high(),
                from.low(),
                to.high(),
                to.low());
        Ipv6Extension.writeFragment(b, 40, protocol, offset, more, identification);
        b.put(48, payload);
        return Packets.of(b.array());
    }

    /** All fragments of a datagram, in order. */
    public static List<Packet> all(
            String source, String destination, int protocol, int identification, int mtu, byte... payload) {
        IpAddress from = IpAddress.parse(source);
        IpAddress to = IpAddress.parse(destination);
        Packet whole = Packets.of(payload);
        Fragmenter fragmenter = new Fragmenter(
                whole,
                new DatagramHeader(from.high(), from.low(), to.high(), to.low(), protocol, 0, 64, identification),
                mtu);
        List<Packet> fragments = new ArrayList<>();
        while (fragmenter.hasNext()) {
            Packet fragment = new Packet(fragmenter.nextLength());
            fragmenter.write(fragment);
            fragments.add(fragment);
        }
        return fragments;
    }
}
