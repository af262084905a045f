package dev.heddle.it;

import dev.heddle.core.host.HostConfig;
import dev.heddle.core.host.HostObserver;
import dev.heddle.core.tcp.Failure;
import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.TcpInfo;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what Heddle's connections were like at their end. */
final class ClosedConnections implements HostObserver {

    private final List<TcpInfo> infos = new CopyOnWriteArrayList<>();

    @Override
    public void closed(SocketPair pair, TcpInfo last, Failure why) {
        infos.add(last);
    }

    /** A host's configuration with this observer. */
    HostConfig config() {
        return HostConfig.builder().observer(this).build();
    }

    List<TcpInfo> infos() {
        return infos;
    }
}
