package dev.heddle.dns;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The servers, with the one in front that answered last: one that is dead is waited for once, not in every lookup. */
final class ServerList {

    static final int PORT = 53;

    private final List<InetSocketAddress> servers;
    private final AtomicInteger first = new AtomicInteger();

    ServerList(List<InetSocketAddress> servers) {
        this.servers = servers;
    }

    List<InetSocketAddress> inOrder() {
        List<InetSocketAddress> order = new ArrayList<>(servers);
        Collections.rotate(order, -first.get());
        return order;
    }

    int size() {
        return servers.size();
    }

    void answered(InetSocketAddress server) {
        first.set(servers.indexOf(server));
    }

    /** As people write it: the port only if it is an unusual one. */
    static String text(InetSocketAddress server) {
        InetAddress address = server.getAddress();
        String host = address.getHostAddress();
        if (server.getPort() == PORT) {
            return host;
        }
        return (address instanceof Inet6Address ? "[" + host + "]" : host) + ":" + server.getPort();
    }
}
