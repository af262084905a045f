package dev.heddle.core.ip;

import dev.heddle.core.wire.Refusal;

/** Hears, under whatever excludes others from {@link Reassembly}, what is lost there. */
public interface FragmentLosses {

    /** Nobody listens. */
    FragmentLosses NONE = new FragmentLosses() {
        @Override
        public void refused(Refusal why) {}

        @Override
        public void givenUp(
                Enum<?> why,
                long sourceHigh,
                long sourceLow,
                long destinationHigh,
                long destinationLow,
                int protocol,
                int bytes) {}
    };

    /** The fragment at hand was refused. */
    void refused(Refusal why);

    /**
     * Fragments that waited for others have gone.
     *
     * @param why the counter that has counted them
     * @param protocol of the transport; −1 if that is not known before the whole datagram is
     * @param bytes their length, the IP headers included
     */
    void givenUp(
            Enum<?> why,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            int protocol,
            int bytes);
}
