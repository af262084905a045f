package dev.heddle.benchmarks.bare;

/** The few numbers of a connection without which the peer's TCP would not believe the answers. */
final class Flow {

    final int peerAddress;
    final int peerPort;
    final int ownPort;
    final int peerWindowShift;

    /** Next to send, next expected, oldest not acknowledged. */
    int next;

    int expected;
    int acknowledged;
    int peerWindowBytes;

    /** Whether something arrived in this batch that is to be acknowledged. */
    boolean ackDue;

    Flow(int peerAddress, int peerPort, int ownPort, int peerWindowShift, int expected) {
        this.peerAddress = peerAddress;
        this.peerPort = peerPort;
        this.ownPort = ownPort;
        this.peerWindowShift = peerWindowShift;
        this.expected = expected;
    }

    /** How many more bytes the peer's window takes. */
    int room() {
        return peerWindowBytes - (next - acknowledged);
    }
}
