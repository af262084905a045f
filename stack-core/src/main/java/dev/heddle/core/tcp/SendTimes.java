package dev.heddle.core.tcp;

/**
 * When a connection sent last, how long it had something to send, and what held it up meanwhile; as Linux's chronographs.
 * Nanoseconds.
 */
final class SendTimes {

    private long lastSentNs;
    private SendLimit limit = SendLimit.NOTHING;
    private long sinceNs;
    private long busyNs;
    private long receiveWindowNs;
    private long sendBufferNs;

    /** Something else holds it up from now on, {@link SendLimit#NOTHING} if it has nothing to send any more. */
    void limit(SendLimit newLimit, long nowNs) {
        if (newLimit == limit) {
            return;
        }
        busyNs = busyNs(nowNs);
        receiveWindowNs = receiveWindowNs(nowNs);
        sendBufferNs = sendBufferNs(nowNs);
        limit = newLimit;
        sinceNs = nowNs;
    }

    /** Something was sent. */
    void sent(long nowNs) {
        lastSentNs = nowNs;
    }

    /** 0 if nothing was sent yet. */
    long lastSentNs() {
        return lastSentNs;
    }

    SendLimit limit() {
        return limit;
    }

    /** With something unacknowledged or unsent. */
    long busyNs(long nowNs) {
        return busyNs + (limit == SendLimit.NOTHING ? 0 : nowNs - sinceNs);
    }

    /** Held up by the peer's window. */
    long receiveWindowNs(long nowNs) {
        return receiveWindowNs + during(SendLimit.RECEIVE_WINDOW, nowNs);
    }

    /** Held up by the size of the send buffer. */
    long sendBufferNs(long nowNs) {
        return sendBufferNs + during(SendLimit.SEND_BUFFER, nowNs);
    }

    private long during(SendLimit which, long nowNs) {
        return limit == which ? nowNs - sinceNs : 0;
    }
}
