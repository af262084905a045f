package dev.heddle.core.host;

import dev.heddle.core.tcp.TcpConfig;
import org.jspecify.annotations.Nullable;

/**
 * The handshakes that a listener remembers, oldest first: as many as connections may be accepted, as on Linux, but some in
 * any case, since the handshakes of a small server overlap too. Guarded by the listener's lock.
 */
final class HalfOpenQueue {

    /** Linux's lower bound. */
    private static final int LEAST = 8;

    /** Under pressure a SYN-ACK is still sent again so often. */
    private static final int LEAST_SYN_ACK_RETRIES = 2;

    private final EntryQueue entries = new EntryQueue();
    private final int most;
    private final int synAckRetries;

    /** How many have sent their SYN-ACK only once. */
    private int young;

    HalfOpenQueue(TcpConfig config, int backlog) {
        // One more, as for those that wait to be accepted; the backlog may be the largest number there is.
        most = Math.min(config.maxSynBacklog() - 1, Math.max(LEAST, backlog)) + 1;
        synAckRetries = config.synAckRetries();
    }

    int size() {
        return entries.size();
    }

    boolean isFull() {
        return entries.size() >= most;
    }

    @Nullable HalfOpenEntry oldest() {
        return (HalfOpenEntry) entries.oldest();
    }

    /** The one that came after another. */
    @Nullable HalfOpenEntry after(HalfOpenEntry entry) {
        return (HalfOpenEntry) entry.next;
    }

    /** Adds a handshake; returns the one that must make room for it, or null. */
    @Nullable HalfOpenEntry add(HalfOpenEntry entry) {
        entries.add(entry);
        young++;
        return entries.size() > most ? oldest() : null;
    }

    void remove(HalfOpenEntry entry) {
        entries.remove(entry);
        young -= entry.record().retries() == 0 ? 1 : 0;
    }

    /** The time of a SYN-ACK is over: it goes out again; false if the peer is given up. */
    boolean timerExpires(HalfOpenEntry entry, long nowNs) {
        boolean wasYoung = entry.record().retries() == 0;
        boolean goesOn = entry.record().timerExpires(retriesNow(), nowNs);
        young -= wasYoung && entry.record().retries() > 0 ? 1 : 0;
        return goesOn;
    }

    /**
     * How often a SYN-ACK is sent again. As on Linux, handshakes that do not answer go sooner when more than half of the
     * places are taken, and the more so the fewer of them have just come: where every second one is young, they come and go.
     */
    private int retriesNow() {
        int retries = synAckRetries;
        if (2 * entries.size() > most) {
            for (int weighed = 2 * young; retries > LEAST_SYN_ACK_RETRIES && entries.size() >= weighed; weighed *= 2) {
                retries--;
            }
        }
        return retries;
    }
}
