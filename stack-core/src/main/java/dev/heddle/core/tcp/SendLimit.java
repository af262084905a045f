package dev.heddle.core.tcp;

/** What keeps a connection from sending more at the moment. */
public enum SendLimit {
    /** Nothing: all that was written is acknowledged, or nothing can be sent in this state. */
    NOTHING,
    /** The application: all that it has written is sent, and it could write more. */
    APPLICATION,
    /** The send buffer: all that fits it is sent, and its room is not acknowledged yet. */
    SEND_BUFFER,
    /** The congestion window. */
    CONGESTION_WINDOW,
    /** The window that the peer announces. */
    RECEIVE_WINDOW,
    /** The pace: the next segment waits for its time. */
    PACING,
    /** Nagle's rule or the cork: a segment that is not full waits for more. */
    COALESCING,
    /** The link: it has no room. */
    LINK
}
