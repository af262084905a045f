package dev.heddle.core.wire;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Packets that a real system sent; {@code golden-packets.txt} tells how they were taken. */
public final class GoldenPackets {

    private static final Map<String, byte[]> PACKETS = read();

    private GoldenPackets() {}

    /** A copy of the packet in a buffer of just its size, so that reading beyond it throws. */
    public static ByteBuffer get(String name) {
        return ByteBuffer.wrap(bytes(name));
    }

    /** A copy of the packet's bytes. */
    public static byte[] bytes(String name) {
        return Objects.requireNonNull(PACKETS.get(name), name).clone();
    }

    static Map<String, byte[]> all() {
        return PACKETS;
    }

    private static Map<String, byte[]> read() {
        Map<String, byte[]> packets = new LinkedHashMap<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(GoldenPackets.class.getResourceAsStream("golden-packets.txt")),
                StandardCharsets.US_ASCII))) {
            lines.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                int space = line.indexOf(' ');
                packets.put(line.substring(0, space), HexFormat.of().parseHex(line.substring(space + 1)));
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packets;
    }
}
