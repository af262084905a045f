package dev.heddle.dns;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Socket;

/** Makes the sockets that questions go by. */
public interface Sockets {

    /** A datagram socket that is not bound; connecting gives it a port that nobody can guess. */
    DatagramSocket datagrams() throws IOException;

    /** A socket that is not connected. */
    Socket stream() throws IOException;
}
