package dev.heddle.core.tcp;

/** Whether connections use Explicit Congestion Notification (RFC 3168), as Linux's {@code tcp_ecn} says it. */
public enum EcnMode {
    /** Neither asked for nor accepted. */
    OFF,
    /** Accepted if the peer asks for it. */
    PASSIVE,
    /** Asked for and accepted. */
    ON
}
