package dev.heddle.net;

import java.net.Socket;
import java.net.SocketException;

/** A {@link Socket} whose connection runs on the stack; everything it does is {@link Socket}'s own. */
final class HeddleSocket extends Socket {

    HeddleSocket(HeddleSocketImpl implementation) throws SocketException {
        super(implementation);
    }
}
