package dev.heddle.dns;

import dev.heddle.core.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file as {@code /etc/hosts}: an address and its names on each line. It is read again when it has changed; while it cannot be
 * read, what was read last counts. Lines that are not understood are left out. For any thread.
 */
public final class HostsFile {

    private static final Logger LOG = LoggerFactory.getLogger(HostsFile.class);

    private static final int CLOCK_MILLIS = 2_000;

    private final Path file;

    /** Replaced as a whole by whichever thread finds that the file has changed. */
    private volatile Content content;

    /** Which text it is, as far as that can be told without reading it. */
    private record Version(
            FileTime modified, long bytes, @Nullable Object key) {

        static Version of(Path file) throws IOException {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return new Version(attributes.lastModifiedTime(), attributes.size(), attributes.fileKey());
        }

        /** Whether the time is so near that another change may have the same one: file systems have coarse clocks. */
        boolean isRecent() {
            return Math.abs(System.currentTimeMillis() - modified.toMillis()) < CLOCK_MILLIS;
        }
    }

    /** @param version null if the file may have changed without looking so */
    private record Content(
            @Nullable Version version, Map<String, List<InetAddress>> addresses, Map<InetAddress, String> names) {}

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read
     */
    public HostsFile(Path file) throws IOException {
        this.file = file;
        content = read();
    }

    /** A host's addresses, in the file's order. */
    public List<InetAddress> addresses(String host) {
        return current().addresses.getOrDefault(key(host), List.of());
    }

    /** The first name of an address; null if it has none here. */
    public @Nullable String name(InetAddress address) {
        return current().names.get(address);
    }

    private Content current() {
        Content known = content;
        try {
            if (!Version.of(file).equals(known.version)) {
                content = known = read();
            }
        } catch (IOException e) {
            LOG.debug("{} cannot be read", file, e);
        }
        return known;
    }

    private Content read() throws IOException {
        // Before the text: what is written meanwhile is read the next time.
        Version version = Version.of(file);
        boolean recent = version.isRecent();
        Map<String, List<InetAddress>> addresses = new HashMap<>();
        Map<InetAddress, String> names = new HashMap<>();
        // Any byte is a letter of it: comments may be written in whatever way.
        for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
            String[] words = line.replaceFirst("#.*", "").strip().split("\\s+");
            InetAddress address = address(words[0]);
            for (int i = 1; address != null && i < words.length; i++) {
                List<InetAddress> known = addresses.computeIfAbsent(key(words[i]), name -> new ArrayList<>());
                if (!known.contains(address)) {
                    known.add(address);
                }
                names.putIfAbsent(address, words[i]);
            }
        }
        return new Content(recent ? null : version, addresses, names);
    }

    private static @Nullable InetAddress address(String text) {
        try {
            return IpAddress.parse(text).toInetAddress();
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static String key(String name) {
        return HostNames.withoutLastDot(name).toLowerCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
