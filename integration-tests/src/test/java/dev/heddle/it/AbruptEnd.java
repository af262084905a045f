package dev.heddle.it;

import static org.awaitility.Awaitility.await;

import java.util.Locale;

/** What can happen to a connection in the middle of something. */
enum AbruptEnd {
    SERVER_KILLED {
        @Override
        void happen(Namespace namespace, RealServer server) {
            // Connections on which it has left something unread would be reset.
            await().until(() -> namespace
                    .command("ss", "-Htn", "state", "established", "sport", "=", ":" + server.port())
                    .runOrFail()
                    .lines()
                    .allMatch(connection -> connection.startsWith("0 ")));
            server.kill();
        }

        @Override
        void isOver(Namespace namespace, RealServer server) {
            server.start();
        }
    },
    RESET_BY_SERVER {
        @Override
        void happen(Namespace namespace, RealServer server) {
            String killed = namespace
                    .command("ss", "-KHtn", "state", "established", "sport", "=", ":" + server.port())
                    .runOrFail();
            if (killed.isBlank()) {
                throw new AssertionError("no connection to reset");
            }
        }
    },
    /** The client has a time-out for it. */
    SILENCE {
        @Override
        void happen(Namespace namespace, RealServer server) {
            namespace.nft("add table inet silence");
            namespace.nft("add chain inet silence out { type filter hook output priority 0; }");
            namespace.nft("add rule inet silence out tcp sport " + server.port() + " drop");
        }

        @Override
        void isOver(Namespace namespace, RealServer server) {
            namespace.nft("delete table inet silence");
        }
    },
    THREAD_INTERRUPTED {
        @Override
        String experience(Program program, String task, Namespace namespace, RealServer server) {
            return program.isInterruptedIn(task);
        }

        @Override
        void happen(Namespace namespace, RealServer server) {}
    };

    /** Lets it happen to a program in the middle of a task, and returns what the program says then. */
    String experience(Program program, String task, Namespace namespace, RealServer server) {
        program.begins(task);
        happen(namespace, server);
        try {
            return program.outcome();
        } finally {
            isOver(namespace, server);
        }
    }

    abstract void happen(Namespace namespace, RealServer server);

    void isOver(Namespace namespace, RealServer server) {}

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
