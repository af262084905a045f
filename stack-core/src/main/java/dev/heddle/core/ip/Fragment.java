package dev.heddle.core.ip;

/** What {@link IpInput} has found about the fragment that it judged last: where it belongs. */
public final class Fragment {

    /* Written by IpInput for each fragment. */
    int identification;
    int offsetBytes;
    boolean moreFragments;
    /** The bytes of the packet in front of the payload. */
    int headerBytes;
    /** How many of these the whole datagram has too. */
    int perFragmentBytes;
    /** Of IPv6: the octet that has the number of the fragment header. */
    int protocolPointer;

    Fragment() {}

    /** Whether it is the one that the datagram begins with. */
    public boolean isFirst() {
        return offsetBytes == 0;
    }
}
