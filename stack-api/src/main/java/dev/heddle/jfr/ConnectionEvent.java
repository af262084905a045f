package dev.heddle.jfr;

import dev.heddle.core.tcp.SocketPair;
import jdk.jfr.Category;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.StackTrace;

/** An event of one connection. */
@Category({"Heddle", "Connections"})
@StackTrace(false)
abstract class ConnectionEvent extends Event {

    @Label("Local Address")
    String localAddress = "";

    @Label("Local Port")
    int localPort;

    @Label("Remote Address")
    String remoteAddress = "";

    @Label("Remote Port")
    int remotePort;

    final void of(SocketPair pair) {
        localAddress = pair.localAddress().toString();
        localPort = pair.localPort();
        remoteAddress = pair.remoteAddress().toString();
        remotePort = pair.remotePort();
    }
}
