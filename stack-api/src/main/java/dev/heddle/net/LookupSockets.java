package dev.heddle.net;

import dev.heddle.dns.Sockets;
import java.net.DatagramSocket;
import java.net.Socket;
import java.net.SocketException;

/** The sockets by which a stack asks for names: its own, whoever else's the JVM's are. */
record LookupSockets(OpenSockets sockets) implements Sockets {

    @Override
    public DatagramSocket datagrams() throws SocketException {
        return new HeddleDatagramSocket(sockets.createForDatagrams());
    }

    @Override
    public Socket stream() throws SocketException {
        return new HeddleSocket(HeddleSocketImpl.forClient(sockets));
    }
}
