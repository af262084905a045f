package dev.heddle.core.host;

import dev.heddle.core.link.Link;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpPrefix;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/** Hosts under real time: the pumps that drive them, and calls that wait as those of blocking sockets do. */
final class RealTime {

    private RealTime() {}

    /** Gives a host an interface on a link, with one address, and a pump that has been started. */
    static LinkPump pump(Host host, Link link, String address, Clock clock) {
        return pump(host, link, List.of(IpPrefix.parse(address)), clock);
    }

    static LinkPump pump(Host host, Link link, List<IpPrefix> addresses, Clock clock) {
        HostInterface network = host.addInterface(link.name(), link.capabilities(), link, addresses);
        LinkPump pump = new LinkPump(host, network, link, clock);
        pump.start();
        return pump;
    }

    /** Parks until any of the bits is set, or nothing will come any more. */
    static void await(Readiness readiness, int mask) {
        Thread me = Thread.currentThread();
        Runnable wake = () -> LockSupport.unpark(me);
        readiness.subscribe(wake);
        try {
            while (!readiness.isAny(mask | Readiness.FAILED | Readiness.CLOSED)) {
                LockSupport.park();
            }
        } finally {
            readiness.unsubscribe(wake);
        }
    }

    static TcpEndpoint accept(TcpListener listener) {
        await(listener.readiness(), Readiness.ACCEPTABLE);
        return Objects.requireNonNull(listener.tryAccept());
    }
}
