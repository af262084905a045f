package dev.heddle.benchmarks.congestion;

import dev.heddle.core.host.TcpEndpoint;
import dev.heddle.core.tcp.TcpInfo;
import java.util.ArrayList;
import java.util.List;

/** A connection whose application always has something to send. */
final class Flow {

    private static final byte[] PIECE = new byte[64 * 1024];

    private final TcpEndpoint endpoint;
    private final List<Sample> samples = new ArrayList<>();
    private long sampledBytes;
    private long sampledNs;

    /**
     * The state at one time.
     *
     * @param atNs since the simulation began
     * @param bitsPerSecond arrived since the sample before, in order or not
     */
    record Sample(long atNs, double windowSegments, double roundTripMs, double bitsPerSecond) {}

    Flow(TcpEndpoint endpoint) {
        this.endpoint = endpoint;
        endpoint.readiness().subscribe(this::write);
    }

    private void write() {
        int n;
        do {
            n = endpoint.write(PIECE, 0, PIECE.length);
        } while (n > 0);
    }

    TcpInfo info() {
        TcpInfo info = endpoint.info();
        if (info == null) {
            throw new IllegalStateException("the connection has ended: " + endpoint.failure());
        }
        return info;
    }

    long acknowledgedBytes() {
        return info().acknowledgedBytes();
    }

    void sample(long atNs) {
        TcpInfo info = info();
        if (sampledNs > 0) {
            samples.add(new Sample(
                    atNs,
                    (double) info.congestionWindowBytes() / info.sendMssBytes(),
                    info.rttNs() / 1e6,
                    (info.deliveredBytes() - sampledBytes) * 8e9 / (atNs - sampledNs)));
        }
        sampledBytes = info.deliveredBytes();
        sampledNs = atNs;
    }

    List<Sample> samples() {
        return samples;
    }
}
