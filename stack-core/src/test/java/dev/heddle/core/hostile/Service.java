package dev.heddle.core.hostile;

import dev.heddle.core.host.TcpEndpoint;

/** What the victim does with a connection. */
interface Service {

    /** The work for one connection, done whenever it may go on. */
    interface Session {
        void go();
    }

    Session begin(TcpEndpoint connection);

    /** Sends back what comes, and closes when the peer does. */
    static Service echo() {
        return connection -> new Session() {
            private final byte[] buffer = new byte[4096];
            private int filled;
            private int written;

            @Override
            public void go() {
                while (true) {
                    if (written == filled) {
                        written = 0;
                        filled = connection.read(buffer, 0, buffer.length);
                        if (filled < 0) {
                            filled = 0;
                            connection.close();
                        }
                        if (filled == 0) {
                            return;
                        }
                    }
                    int n = connection.write(buffer, written, filled - written);
                    if (n <= 0) {
                        return;
                    }
                    written += n;
                }
            }
        };
    }

    /** Neither reads nor writes. */
    static Service idle() {
        return connection -> () -> {};
    }

    /** Writes so much, whatever comes, and closes then if it is to. */
    static Service download(int bytes, boolean close) {
        return connection -> new Session() {
            private final byte[] piece = new byte[16 * 1024];
            private int left = bytes;

            @Override
            public void go() {
                while (left > 0) {
                    int n = connection.write(piece, 0, Math.min(left, piece.length));
                    if (n <= 0) {
                        return;
                    }
                    left -= n;
                }
                if (close) {
                    connection.close();
                }
            }
        };
    }

    /** Reads everything, and closes when the peer does. */
    static Service upload() {
        return connection -> {
            byte[] buffer = new byte[4096];
            return () -> {
                int n = connection.read(buffer, 0, buffer.length);
                while (n > 0) {
                    n = connection.read(buffer, 0, buffer.length);
                }
                if (n == TcpEndpoint.END_OF_STREAM) {
                    connection.close();
                }
            };
        };
    }
}
