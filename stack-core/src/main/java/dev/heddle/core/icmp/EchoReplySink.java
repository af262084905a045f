package dev.heddle.core.icmp;

import dev.heddle.core.link.Packet;
import dev.heddle.core.wire.IcmpMessage;

/**
 * Where echo replies go: each is passed to who asked (RFC 1122 3.2.2.6, RFC 4443 4.2), who must find out whether it was he.
 * Implemented by the host.
 */
@FunctionalInterface
public interface EchoReplySink {

    /**
     * Takes a reply; packet and message are the caller's again afterwards.
     *
     * @param packet with its IP fields filled
     * @param message intact
     */
    void replyArrives(Packet packet, IcmpMessage message);
}
