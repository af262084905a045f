package dev.heddle.tun;

import dev.heddle.core.link.Packet;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.Checksum;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers every echo request that arrives over a link, on a thread of its own, by turning the packet round. */
final class EchoHost implements AutoCloseable {

    private final TunLink link;
    private final Thread thread;
    private final AtomicInteger answered = new AtomicInteger();
    private volatile boolean stopped;

    EchoHost(TunLink link) {
        this.link = link;
        thread = Thread.ofPlatform().start(this::run);
    }

    int answered() {
        return answered.get();
    }

    private void run() {
        Packet packet = new Packet(Packet.MAX_LENGTH);
        while (!stopped) {
            while (link.receive(packet)) {
                if (turnEchoRequest(packet)) {
                    answered.incrementAndGet();
                    link.transmit(packet);
                }
            }
            link.awaitWork(Clock.NEVER);
        }
    }

    private static boolean turnEchoRequest(Packet packet) {
        boolean v4 = TestPackets.isIpv4(packet);
        ByteBuffer b = packet.buffer();
        int at = TestPackets.transport(packet);
        if (TestPackets.protocol(packet) != (v4 ? TestPackets.ICMP : TestPackets.ICMPV6)
                || (b.get(at) & 0xff) != (v4 ? 8 : 128)) {
            return false;
        }
        int addressBytes = v4 ? 4 : 16;
        int source = packet.offset() + (v4 ? 12 : 8);
        byte[] from = new byte[addressBytes];
        b.get(source, from);
        b.put(source, b, source + addressBytes, addressBytes);
        b.put(source + addressBytes, from);
        // Swapped addresses leave the pseudo-header's sum as it was: of the checksum only the type's change is left.
        int checksum = ~b.getShort(at + 2) & 0xffff;
        int change = v4 ? 0x10000 - 0x0800 - 1 : 0x0100;
        if (packet.checksumStart() < 0) {
            b.putShort(at + 2, (short) Checksum.finish((long) checksum + change));
        }
        b.put(at, (byte) (v4 ? 0 : 129));
        return true;
    }

    /** Stops answering; the link stays open. */
    @Override
    public void close() {
        stopped = true;
        link.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
