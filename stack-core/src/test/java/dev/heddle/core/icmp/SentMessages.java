package dev.heddle.core.icmp;

import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;

/** Keeps the messages that a test's subject sends. */
final class SentMessages implements MessageOutput {

    record Sent(byte[] bytes, IpAddress source, IpAddress destination, int protocol, int trafficClass) {

        int type() {
            return bytes[0] & 0xff;
        }

        int code() {
            return bytes[1] & 0xff;
        }
    }

    final List<Sent> all = new ArrayList<>();

    @Override
    public Packet acquire(int bytes) {
        return new Packet(bytes);
    }

    @Override
    public void transmit(Packet message, long sh, long sl, long dh, long dl, int protocol, int trafficClass) {
        byte[] bytes = new byte[message.length()];
        message.buffer().get(message.offset(), bytes);
        all.add(new Sent(bytes, IpAddress.of(sh, sl), IpAddress.of(dh, dl), protocol, trafficClass));
    }
}
