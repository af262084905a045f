package dev.heddle.control;

import dev.heddle.core.host.DatagramEndpointInfo;
import dev.heddle.core.host.EndpointInfo;
import dev.heddle.core.host.Host;
import dev.heddle.core.host.HostInterface;
import dev.heddle.core.host.ListenQueue;
import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpPrefix;
import java.util.Iterator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a host answers. Each endpoint is looked at when its line is due, for a moment and by the control socket's own thread:
 * nobody who does not read holds anything of the host's.
 */
final class Answers {

    private static final String VERSION = "1";
    private static final int LONGEST_QUOTE = 80;

    private final Host host;
    private final Clock clock;

    Answers(Host host) {
        this(host, Clock.system());
    }

    /** With the clock that the host has. */
    Answers(Host host, Clock clock) {
        this.host = host;
        this.clock = clock;
    }

    /** The lines of an answer. */
    Iterator<String> to(String request) {
        return switch (request) {
            case "list" -> list(false);
            case "list info" -> list(true);
            default ->
                Stream.of("error " + Words.encode("unknown request \"" + shortened(request) + "\""))
                        .iterator();
        };
    }

    private static String shortened(String request) {
        return request.length() <= LONGEST_QUOTE ? request : request.substring(0, LONGEST_QUOTE) + "...";
    }

    private Iterator<String> list(boolean info) {
        Stream<String> lines = Stream.of(new Words("heddle " + VERSION)
                .add("now", clock.nanoTime())
                .add("program", shortened(System.getProperty("sun.java.command", "")))
                .toString());
        // Concatenated, because an iterator of a flatMap holds all of what it is mapped to.
        lines = Stream.concat(lines, host.interfaces().stream().map(Answers::line));
        lines = Stream.concat(lines, host.endpointStream().map(endpoint -> line(endpoint, info)));
        lines = Stream.concat(lines, host.datagramEndpoints().stream().map(Answers::line));
        return Stream.concat(lines, Stream.of("end")).iterator();
    }

    private static String line(HostInterface link) {
        return new Words("link")
                .add("name", link.name())
                .add(
                        "addresses",
                        link.prefixes().stream().map(IpPrefix::toString).collect(Collectors.joining(" ")))
                .add("up", link.isUp())
                .toString();
    }

    private static String line(EndpointInfo endpoint, boolean withInfo) {
        Words words = new Words("tcp")
                .add("state", endpoint.state().name())
                .add("local", endpoint.localAddress().toString())
                .add("localPort", endpoint.localPort());
        if (endpoint.remoteAddress() != null) {
            words.add("remote", endpoint.remoteAddress().toString()).add("remotePort", endpoint.remotePort());
        }
        ListenQueue queue = endpoint.queue();
        TcpInfo info = endpoint.info();
        if (queue != null) {
            // As Linux has it: what waits, and what may.
            words.add("receiveQueue", queue.acceptable())
                    .add("sendQueue", queue.limit())
                    .add("handshakes", queue.handshakes());
        } else if (info != null) {
            words.add("receiveQueue", info.unreadBytes())
                    .add("sendQueue", info.unacknowledgedBytes() + info.unsentBytes());
        }
        if (info != null && withInfo) {
            words.addFields(info);
        }
        return words.toString();
    }

    private static String line(DatagramEndpointInfo endpoint) {
        Words words = new Words("udp")
                .add("local", endpoint.localAddress().toString())
                .add("localPort", endpoint.localPort());
        if (endpoint.remoteAddress() != null) {
            words.add("remote", endpoint.remoteAddress().toString()).add("remotePort", endpoint.remotePort());
        }
        return words.add("receiveQueue", endpoint.waitingBytes()).toString();
    }
}
