package dev.heddle.core.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.ip.RawSegment;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.SequenceNumber;
import dev.heddle.core.wire.TcpHeader;
import java.util.List;

/** A peer without a stack: it knows where it and the victim are in the stream, and says what it likes. */
final class HostilePeer {

    private final Siege siege;
    private final IpAddress address;
    private final IpAddress victim;
    private final int port;
    private final int victimPort;

    /** The victim's ISN. */
    int victimIss;

    /** Behind the last octet that the victim has sent. */
    int victimNext;

    /** The next octet to send. */
    int next;

    /** What the victim has sent in answer to the last segment. */
    List<TcpHeader> answers = List.of();

    private int synMss = 1460;
    private int synWindow = 65_535;
    private int windowScale = -1;
    private boolean sack;

    HostilePeer(Siege siege, IpAddress address, int port, int victimPort) {
        this.siege = siege;
        this.address = address;
        this.victim = address.isIpv4() ? Siege.VICTIM_V4 : Siege.VICTIM_V6;
        this.port = port;
        this.victimPort = victimPort;
    }

    static HostilePeer number(Siege siege, int number) {
        return new HostilePeer(siege, Siege.stranger(true, number), 1024 + number % 60_000, Siege.PORT);
    }

    HostilePeer mss(int value) {
        synMss = value;
        return this;
    }

    HostilePeer window(int value) {
        synWindow = value;
        return this;
    }

    HostilePeer windowScale(int value) {
        windowScale = value;
        return this;
    }

    HostilePeer sackPermitted() {
        sack = true;
        return this;
    }

    RawSegment syn(int iss) {
        RawSegment syn = RawSegment.between(address, port, victim, victimPort)
                .flags(TcpHeader.SYN)
                .seq(iss)
                .window(synWindow);
        if (synMss >= 0) {
            syn.mss(synMss);
        }
        if (windowScale >= 0) {
            syn.windowScale(windowScale);
        }
        return sack ? syn.sackPermitted() : syn;
    }

    /** Shakes hands; the last ACK announces the same window. */
    HostilePeer connect() {
        int iss = siege.random.nextInt();
        siege.takeAnswers();
        siege.inject(syn(iss));
        List<TcpHeader> synAck = siege.takeSegments();
        assertThat(synAck).as("SYN-ACK").singleElement().matches(h -> h.isSyn() && h.isAck());
        victimIss = synAck.getFirst().sequence();
        victimNext = victimIss + 1;
        next = iss + 1;
        send(segment().window(synWindow));
        return this;
    }

    /** An ACK of everything, where we are. */
    RawSegment segment() {
        return RawSegment.between(address, port, victim, victimPort)
                .flags(TcpHeader.ACK)
                .seq(next)
                .ack(victimNext);
    }

    /** Sends a segment and takes note of what comes back. */
    void send(RawSegment segment) {
        siege.takeAnswers();
        siege.inject(segment);
        look();
    }

    /** Takes note of what the victim has sent since. */
    void look() {
        answers = siege.takeSegments().stream()
                .filter(h -> h.destinationPort() == port)
                .toList();
        for (TcpHeader answer : answers) {
            int end = answer.sequence() + answer.payloadLength() + (answer.isFin() || answer.isSyn() ? 1 : 0);
            if (SequenceNumber.difference(end, victimNext) > 0 && !answer.isRst()) {
                victimNext = end;
            }
        }
    }

    /** How many octets of payload the last answers carried. */
    int answeredBytes() {
        return answers.stream().mapToInt(TcpHeader::payloadLength).sum();
    }
}
