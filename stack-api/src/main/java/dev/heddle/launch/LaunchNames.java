package dev.heddle.launch;

import dev.heddle.net.NetworkStackBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a program's host names are looked up. */
final class LaunchNames {

    private final List<String> servers = new ArrayList<>();
    private @Nullable Path hosts;

    /**
     * Takes an option if it is {@code dns=ADDRESS[:PORT]}, which may be given more than once, or {@code hosts=FILE}.
     *
     * @return whether it is one of these
     * @throws IllegalArgumentException if there is another hosts file
     */
    boolean take(String name, String value) {
        switch (name) {
            case "dns" -> servers.add(value);
            case "hosts" -> {
                if (hosts != null) {
                    throw new IllegalArgumentException("hosts is given twice");
                }
                hosts = Path.of(value);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    void to(NetworkStackBuilder builder) {
        servers.forEach(builder::dns);
        if (hosts != null) {
            builder.hosts(hosts);
        }
    }
}
