package dev.heddle.core.tcp;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One segment of a script: to be injected as the peer's, or expected from the connection under test. All numbers are
 * offsets: {@code seq} from the sender's ISS, {@code ack} from the receiver's, so that a SYN is octet 0 and data starts at 1.
 */
final class Seg {

    static final int ANY = Integer.MIN_VALUE;

    String flags;
    long seq = ANY;
    long ack = ANY;
    int length;
    long window = ANY;
    int mss = ANY;
    int windowScale = ANY;
    Boolean sackPermitted;
    Boolean timestamps;
    int timestampValue = ANY;
    int timestampEcho = ANY;
    final List<long[]> sack = new ArrayList<>();
    boolean sackGiven;
    int gso;
    int ecn = ANY;
    /** The urgent pointer as an offset. */
    long up = ANY;

    /** The User Timeout Option; ANY in an expectation means that there is none. */
    int userTimeoutSeconds = ANY;

    private Seg(String flags) {
        this.flags = flags;
    }

    /** A segment with flags out of "S", "F", "R", "P", "." (ACK), "U", "E" (ECE), "W" (CWR), as tcpdump writes them. */
    static Seg seg(String flags) {
        return new Seg(flags);
    }

    static Seg syn() {
        return new Seg("S").seq(0);
    }

    static Seg synAck() {
        return new Seg("S.").seq(0).acks(1);
    }

    static Seg ack(long ack) {
        return new Seg(".").acks(ack);
    }

    static Seg data(long from, long to) {
        return new Seg(".").seq(from).length((int) (to - from));
    }

    /** A FIN without text at an offset. */
    static Seg fin(long seq) {
        return new Seg("F.").seq(seq);
    }

    static Seg rst() {
        return new Seg("R");
    }

    Seg seq(long value) {
        seq = value;
        return this;
    }

    /** The acknowledgment offset. */
    Seg acks(long value) {
        ack = value;
        return this;
    }

    private Seg length(int value) {
        length = value;
        return this;
    }

    /** The window in bytes, before scaling. */
    Seg window(long bytes) {
        window = bytes;
        return this;
    }

    Seg with(String moreFlags) {
        flags += moreFlags;
        return this;
    }

    Seg mss(int value) {
        mss = value;
        return this;
    }

    Seg windowScale(int value) {
        windowScale = value;
        return this;
    }

    Seg sackPermitted(boolean value) {
        sackPermitted = value;
        return this;
    }

    Seg timestamps(int value, int echo) {
        timestamps = true;
        timestampValue = value;
        timestampEcho = echo;
        return this;
    }

    Seg noTimestamps() {
        timestamps = false;
        return this;
    }

    Seg sack(long left, long right) {
        sack.add(new long[] {left, right});
        sackGiven = true;
        return this;
    }

    /** Expects no SACK block. */
    Seg noSack() {
        sackGiven = true;
        return this;
    }

    /** With the User Timeout Option; as expectation, of this value. */
    Seg userTimeout(int seconds) {
        userTimeoutSeconds = seconds;
        return this;
    }

    /** With the URG flag, and the urgent pointer at this offset. */
    Seg urgent(long pointer) {
        up = pointer;
        return with("U");
    }

    /** Injects as a super-segment of this segment size. */
    Seg gso(int size) {
        gso = size;
        return this;
    }

    /** The ECN codepoint of the IP header: 0 for none, 2 for ECT(0), 3 for CE. */
    Seg ecn(int codepoint) {
        ecn = codepoint;
        return this;
    }

    boolean has(char flag) {
        return flags.indexOf(flag) >= 0;
    }

    /** Whether an actual segment is what this one, with its blanks, expects. PSH is only compared if it is asked for. */
    boolean matches(Seg actual) {
        for (char flag : "SFR.UEW".toCharArray()) {
            if (has(flag) != actual.has(flag)) {
                return false;
            }
        }
        return (!has('P') || actual.has('P'))
                && same(seq, actual.seq)
                && same(ack, actual.ack)
                && length == actual.length
                && same(window, actual.window)
                && same(up, actual.up)
                && userTimeoutSeconds == actual.userTimeoutSeconds
                && same(mss, actual.mss)
                && same(windowScale, actual.windowScale)
                && (sackPermitted == null || sackPermitted.equals(actual.sackPermitted))
                && (timestamps == null || timestamps.equals(actual.timestamps))
                && same(timestampValue, actual.timestampValue)
                && same(timestampEcho, actual.timestampEcho)
                && same(ecn, actual.ecn)
                && (!sackGiven || sackText().equals(actual.sackText()));
    }

    private static boolean same(long expected, long actual) {
        return expected == ANY || expected == actual;
    }

    private String sackText() {
        StringBuilder text = new StringBuilder();
        for (long[] block : sack) {
            text.append(String.format(Locale.ROOT, "{%d:%d}", block[0], block[1]));
        }
        return text.toString();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[" + flags + "]");
        if (seq != ANY) {
            text.append(" seq ").append(seq);
            if (length > 0) {
                text.append(':').append(seq + length);
            }
        }
        if (ack != ANY) {
            text.append(" ack ").append(ack);
        }
        if (window != ANY) {
            text.append(" win ").append(window);
        }
        if (userTimeoutSeconds != ANY) {
            text.append(" uto ").append(userTimeoutSeconds);
        }
        if (up != ANY) {
            text.append(" up ").append(up);
        }
        if (mss != ANY) {
            text.append(" mss ").append(mss);
        }
        if (windowScale != ANY) {
            text.append(" wscale ").append(windowScale);
        }
        if (sackPermitted != null) {
            text.append(sackPermitted ? " sackOK" : " noSackOK");
        }
        if (timestampValue != ANY) {
            text.append(" TS ").append(timestampValue).append('/').append(timestampEcho);
        }
        if (ecn != ANY && ecn != 0) {
            text.append(" ecn ").append(ecn);
        }
        if (!sack.isEmpty()) {
            text.append(" sack ").append(sackText());
        }
        return text.toString();
    }
}
