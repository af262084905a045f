package dev.heddle.core.tcp;

/**
 * Where a connection tells what befalls it. It does so in the midst of its work, under whatever excludes others from it: who
 * takes an event keeps it for later.
 */
public interface TcpEvents {

    /** Nobody listens. */
    TcpEvents NONE = new TcpEvents() {
        @Override
        public boolean isWanted() {
            return false;
        }

        @Override
        public void happened(TcpEvent event) {}
    };

    /** Whether anybody listens now; events are made only then. */
    boolean isWanted();

    void happened(TcpEvent event);
}
