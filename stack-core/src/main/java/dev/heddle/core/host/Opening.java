package dev.heddle.core.host;

import dev.heddle.core.tcp.Failure;
import org.jspecify.annotations.Nullable;

/** What came of an active open: a connection, or the reason why there is none. */
record Opening(@Nullable TcpConnection connection, Failure failure) {

    static Opening of(TcpConnection connection) {
        return new Opening(connection, Failure.NONE);
    }

    static Opening failed(Failure why) {
        return new Opening(null, why);
    }
}
