package dev.heddle.net;

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

    private HeddleSocketOptions() {}
}
