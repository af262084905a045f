package dev.heddle.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.host.Readiness;
import dev.heddle.core.host.TcpEndpoint;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * An application on one end of a connection: writes a fixed pattern in random pieces, then half-closes, and verifies what it
 * reads in random pieces, until the stream ends.
 */
final class Transfer {

    private static final int LARGEST_PIECE = 20_000;

    private final Simulation simulation;
    private final TcpEndpoint endpoint;
    private final RandomGenerator random;
    private final int toSend;
    private final int toReceive;
    private final int sendSalt;
    private final int receiveSalt;
    private final boolean lazy;
    private final byte[] piece = new byte[LARGEST_PIECE];

    private int sent;
    private int received;
    private boolean outputShut;
    private boolean ended;
    private boolean sleeping;
    private boolean working;
    private @Nullable Throwable error;

    /**
     * @param lazy whether it sometimes sleeps while data waits, so that windows close
     */
    Transfer(
            Simulation simulation,
            TcpEndpoint endpoint,
            int toSend,
            int toReceive,
            int sendSalt,
            int receiveSalt,
            boolean lazy) {
        this.simulation = simulation;
        this.endpoint = endpoint;
        this.toSend = toSend;
        this.toReceive = toReceive;
        this.sendSalt = sendSalt;
        this.receiveSalt = receiveSalt;
        random = simulation.random();
        this.lazy = lazy;
        endpoint.readiness().subscribe(this::work);
        work();
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

    /** Throws what went wrong, if anything did. */
    void check() {
        if (error != null) {
            throw new AssertionError(progress(), error);
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
        for (int i = 0; i < length; i++) {
            piece[i] = pattern(sent + i, sendSalt);
        }
        int n = endpoint.write(piece, 0, length);
        assertThat(n).as("write, failure %s", endpoint.failure()).isNotNegative();
        sent += n;
        return n > 0;
    }

    private boolean readSome() {
        int n = endpoint.read(piece, 0, 1 + random.nextInt(LARGEST_PIECE));
        if (n == TcpEndpoint.END_OF_STREAM) {
            assertThat(received).as("bytes at the end of the stream").isEqualTo(toReceive);
            if (outputShut) {
                ended = true;
                endpoint.close();
            }
            return false;
        }
        assertThat(n).as("read, failure %s", endpoint.failure()).isNotNegative();
        for (int i = 0; i < n; i++) {
            if (piece[i] != pattern(received + i, receiveSalt)) {
                assertThat(piece[i]).as("octet %d", received + i).isEqualTo(pattern(received + i, receiveSalt));
            }
        }
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

    private static byte pattern(int offset, int salt) {
        return (byte) (offset * 31 + (offset >> 8) * 7 + salt);
    }
}
