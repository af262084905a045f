package dev.heddle.core.host;

import dev.heddle.core.buffer.BufferPool;
import dev.heddle.core.tcp.TcpConfig;
import dev.heddle.core.tcp.congestion.CongestionControls;
import java.util.Objects;

/** The parameters of one host; immutable. */
public final class HostConfig {

    private static final long MEBIBYTE = 1024L * 1024;
    private static final long MOST_BY_DEFAULT_BYTES = 256 * MEBIBYTE;
    private static final long LEAST_BYTES = MEBIBYTE;
    private static final long MOST_REASSEMBLY_BY_DEFAULT_BYTES = 4 * MEBIBYTE;

    public static final HostConfig DEFAULTS = builder().build();

    private final TcpConfig tcp;
    private final long memoryLimitBytes;
    private final int chunkBytes;

    /** Negative for the default. */
    private final long reassemblyLimitBytes;

    private final int icmpErrorsPerSecond;
    private final CongestionControls congestionControls;
    private final HostObserver observer;

    private HostConfig(Builder b) {
        tcp = b.tcp;
        memoryLimitBytes = b.memoryLimitBytes;
        chunkBytes = b.chunkBytes;
        reassemblyLimitBytes = b.reassemblyLimitBytes;
        icmpErrorsPerSecond = b.icmpErrorsPerSecond;
        congestionControls = b.congestionControls;
        observer = b.observer;
        congestionControls.check(tcp.connection().congestionControl());
        if (memoryLimitBytes < LEAST_BYTES) {
            throw new IllegalArgumentException("a host needs at least " + LEAST_BYTES + " bytes of buffer memory");
        }
    }

    public TcpConfig tcp() {
        return tcp;
    }

    /** The most bytes of buffers ever in use; by default a quarter of the largest heap, at most 256 MiB. */
    public long memoryLimitBytes() {
        return memoryLimitBytes;
    }

    /** The size of the pieces that stream buffers are made of: a power of two. */
    public int chunkBytes() {
        return chunkBytes;
    }

    /**
     * What the fragments of each address family may take while they wait for the others; by default 4 MiB, at most an eighth
     * of the memory limit. A quarter of it is the share of one source.
     */
    public long reassemblyLimitBytes() {
        return reassemblyLimitBytes >= 0
                ? reassemblyLimitBytes
                : Math.min(MOST_REASSEMBLY_BY_DEFAULT_BYTES, memoryLimitBytes / 8);
    }

    /** How many ICMP errors may be sent to all hosts together, on average; by default 1000. */
    public int icmpErrorsPerSecond() {
        return icmpErrorsPerSecond;
    }

    /** The congestion control algorithms that connections may name. */
    public CongestionControls congestionControls() {
        return congestionControls;
    }

    /** Who hears what befalls the host and its connections. */
    public HostObserver observer() {
        return observer;
    }

    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from these parameters; what it registers does not change them. */
    public Builder with() {
        Builder builder = new Builder();
        builder.tcp = tcp;
        builder.memoryLimitBytes = memoryLimitBytes;
        builder.chunkBytes = chunkBytes;
        builder.reassemblyLimitBytes = reassemblyLimitBytes;
        builder.icmpErrorsPerSecond = icmpErrorsPerSecond;
        builder.congestionControls = congestionControls.copy();
        builder.observer = observer;
        return builder;
    }

    /** Collects parameters; {@link #build} refuses what is out of range. */
    public static final class Builder {
        private TcpConfig tcp = TcpConfig.DEFAULTS;
        private long memoryLimitBytes =
                Math.clamp(Runtime.getRuntime().maxMemory() / 4, LEAST_BYTES, MOST_BY_DEFAULT_BYTES);
        private int chunkBytes = BufferPool.DEFAULT_CHUNK_BYTES;
        private long reassemblyLimitBytes = -1;
        private int icmpErrorsPerSecond = 1000;
        private CongestionControls congestionControls = new CongestionControls();
        private HostObserver observer = HostObserver.NONE;

        private Builder() {}

        public Builder tcp(TcpConfig value) {
            tcp = Objects.requireNonNull(value);
            return this;
        }

        public Builder memoryLimitBytes(long value) {
            memoryLimitBytes = value;
            return this;
        }

        public Builder chunkBytes(int value) {
            chunkBytes = value;
            return this;
        }

        /** Zero refuses all fragments. */
        public Builder reassemblyLimitBytes(long value) {
            if (value < 0) {
                throw new IllegalArgumentException("negative limit: " + value);
            }
            reassemblyLimitBytes = value;
            return this;
        }

        /** At least 1. */
        public Builder icmpErrorsPerSecond(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("not a rate: " + value);
            }
            icmpErrorsPerSecond = value;
            return this;
        }

        /** The algorithms to choose from; the one that {@link #tcp} names must be among them at {@link #build}. */
        public Builder congestionControls(CongestionControls value) {
            congestionControls = Objects.requireNonNull(value);
            return this;
        }

        /** Adds one algorithm to those that there are, or replaces the one of that name. */
        public Builder congestionControl(String name, CongestionControls.Factory factory) {
            congestionControls.register(name, factory);
            return this;
        }

        public Builder observer(HostObserver value) {
            observer = Objects.requireNonNull(value);
            return this;
        }

        public HostConfig build() {
            return new HostConfig(this);
        }
    }
}
