package dev.heddle.net;

import dev.heddle.core.tcp.TcpInfo;
import java.net.SocketOption;

/** The socket options that Heddle's sockets have beyond those of {@code java.net}, for {@code setOption}. */
public final class HeddleSocketOptions {

    /**
     * The congestion control by its name, {@code cubic}, {@code newreno} or one that was registered with the stack; a
     * connection changes at once and keeps its window. A name that the stack does not know is refused with an {@link
     * IllegalArgumentException}.
     */
    public static final SocketOption<String> TCP_CONGESTION =
            new SocketOptionTable.NamedOption<>("TCP_CONGESTION", String.class);

    /**
     * The fastest that data is sent, in bytes per second, at least 1,000; {@link Long#MAX_VALUE} for no limit. With a limit
     * the transmissions are spread.
     */
    public static final SocketOption<Long> SO_MAX_PACING_RATE =
            new SocketOptionTable.NamedOption<>("SO_MAX_PACING_RATE", Long.class);

    /**
     * How many milliseconds what was sent may stay unacknowledged until the connection is given up, whatever the number of
     * retransmissions, and an attempt unanswered; 0 leaves it to the number.
     */
    public static final SocketOption<Integer> TCP_USER_TIMEOUT =
            new SocketOptionTable.NamedOption<>("TCP_USER_TIMEOUT", Integer.class);

    /**
     * How many seconds a closed connection waits for the peer's FIN after its own was acknowledged; 0 leaves it to the host, a
     * negative number resets the peer instead.
     */
    public static final SocketOption<Integer> TCP_LINGER2 =
            new SocketOptionTable.NamedOption<>("TCP_LINGER2", Integer.class);

    /**
     * The connection's figures at this moment, with the meanings of Linux's {@code tcp_info}; for reading only, setting it
     * throws an {@link UnsupportedOperationException}. A socket that is not connected throws a {@link
     * java.net.SocketException}. The figures of all connections of a stack are in {@code stack.host().endpoints()}.
     */
    public static final SocketOption<TcpInfo> TCP_INFO = new SocketOptionTable.NamedOption<>("TCP_INFO", TcpInfo.class);

    private HeddleSocketOptions() {}
}
