package dev.heddle.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.host.Readiness;
import dev.heddle.core.host.TcpEndpoint;
import dev.heddle.core.tcp.TcpInfo;
import dev.heddle.core.tcp.TcpState;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An application on one end of a connection: writes a fixed pattern in random pieces, then half-closes, and verifies what it
 * reads in random pieces, until the stream ends.
 */
final class Transfer {

    private static final int LARGEST_PIECE = 20_000;

    /** After so many octets the pattern begins again. */
    private static final int PERIOD = 1 << 16;

    private static final byte[][] PATTERNS = {pattern(0), pattern(1), pattern(2)};

    private final Simulation simulation;
    private final TcpEndpoint endpoint;
    private final RandomGenerator random;
    private final int toSend;
    private final int toReceive;
    private final int sendSalt;
    private final int receiveSalt;
    private final boolean lazy;
    private final byte[] piece;
    private final boolean mayFail;

    private int sent;
    private int received;
    private boolean outputShut;
    private boolean ended;
    private boolean sleeping;
    private boolean working;
    private @Nullable Throwable error;

    /**
     * @param lazy whether it sometimes sleeps while data waits, so that windows close
     * @param piece to read into, which several may share
     * @param mayFail whether the connection may end before its time, at either end; what arrives until then is right all the same
     */
    Transfer(
            Simulation simulation,
            TcpEndpoint endpoint,
            int toSend,
            int toReceive,
            int sendSalt,
            int receiveSalt,
            boolean lazy,
            byte[] piece,
            boolean mayFail) {
        this.simulation = simulation;
        this.piece = piece;
        this.endpoint = endpoint;
        this.toSend = toSend;
        this.toReceive = toReceive;
        this.sendSalt = sendSalt;
        this.receiveSalt = receiveSalt;
        random = simulation.random();
        this.lazy = lazy;
        this.mayFail = mayFail;
        endpoint.readiness().subscribe(this::work);
        work();
    }

    Transfer(
            Simulation simulation,
            TcpEndpoint endpoint,
            int toSend,
            int toReceive,
            int sendSalt,
            int receiveSalt,
            boolean lazy) {
        this(simulation, endpoint, toSend, toReceive, sendSalt, receiveSalt, lazy, new byte[LARGEST_PIECE], false);
    }

    private void work() {
        if (working || sleeping || ended) {
            return;
        }
        working = true;
        try {
            if (lazy && random.nextInt(20) == 0) {
                sleeping = true;
                simulation.after(random.nextLong(2_000_000_000L), () -> {
                    sleeping = false;
                    work();
                });
                return;
            }
            while (!ended && (writeSome() | readSome())) {
                // As long as anything moves.
            }
        } catch (RuntimeException | AssertionError e) {
            // A callback's caller has no use for it: the scenario asks.
            if (error == null) {
                error = e;
            }
            ended = true;
        } finally {
            working = false;
        }
    }

    /** Ends it with what is unread and unsent, orderly or not. */
    void quit(boolean abort) {
        ended = true;
        if (abort) {
            endpoint.abort();
        } else {
            endpoint.close();
        }
    }

    private boolean failed(String what) {
        if (!mayFail) {
            throw new AssertionError(what + ": " + endpoint.failure());
        }
        quit(false);
        return false;
    }

    /** Throws what went wrong, if anything did. */
    void check() {
        if (error != null) {
            throw new AssertionError(progress(), error);
        }
    }

    /** Besides, what must be true of the connection at any time. */
    void checkInvariants() {
        check();
        TcpInfo info = endpoint.info();
        if (info == null) {
            return;
        }
        // SND.UNA <= SND.NXT, and nothing counted twice or below zero.
        if (info.unacknowledgedBytes() < 0
                || info.unsentBytes() < 0
                || info.sackedBytes() < 0
                || info.lostBytes() < 0
                || info.sackedBytes() + info.lostBytes() > info.unacknowledgedBytes()
                || info.receiveWindowBytes() < 0
                || info.unreadBytes() < 0
                || (info.congestionWindowBytes() < 1 && info.state() == TcpState.ESTABLISHED)) {
            throw new AssertionError("invariant: " + progress());
        }
    }

    private boolean writeSome() {
        if (!endpoint.readiness().isAny(Readiness.CONNECTED) || outputShut) {
            return false;
        }
        if (sent == toSend) {
            outputShut = true;
            endpoint.shutdownOutput();
            return true;
        }
        int length = Math.min(toSend - sent, 1 + random.nextInt(LARGEST_PIECE));
        int n = endpoint.write(PATTERNS[sendSalt], sent % PERIOD, length);
        if (n < 0) {
            return failed("write");
        }
        sent += n;
        return n > 0;
    }

    private boolean readSome() {
        int n = endpoint.read(piece, 0, 1 + random.nextInt(LARGEST_PIECE));
        if (n == TcpEndpoint.END_OF_STREAM) {
            if (received != toReceive && mayFail) {
                return failed("the end of the stream");
            }
            assertThat(received).as("bytes at the end of the stream").isEqualTo(toReceive);
            if (outputShut) {
                ended = true;
                endpoint.close();
            }
            return false;
        }
        if (n < 0) {
            return failed("read");
        }
        int at = received % PERIOD;
        int wrong = Arrays.mismatch(piece, 0, n, PATTERNS[receiveSalt], at, at + n);
        assertThat(wrong).as("first wrong octet behind %d", received).isEqualTo(-1);
        received += n;
        return n > 0;
    }

    boolean isEnded() {
        return ended;
    }

    String progress() {
        return "sent " + sent + " of " + toSend + ", received " + received + " of " + toReceive + ", "
                + endpoint.state() + ", " + endpoint.failure() + ", " + endpoint.info();
    }

    private static byte[] pattern(int salt) {
        byte[] pattern = new byte[PERIOD + LARGEST_PIECE];
        for (int i = 0; i < pattern.length; i++) {
            pattern[i] = (byte) (i * 31 + (i >> 8) * 7 + salt);
        }
        return pattern;
    }
}
