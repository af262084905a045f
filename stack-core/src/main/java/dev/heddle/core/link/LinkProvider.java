package dev.heddle.core.link;

import java.util.Map;

/** Finds links by the kind in their name; a {@link java.util.ServiceLoader} service, so that users of links need not depend on their makers. */
public interface LinkProvider {

    /** The kind of link that this provider opens, such as {@code tun}. */
    String kind();

    /**
     * Opens a link.
     *
     * @param name the device's name
     * @param properties what the kind understands, such as {@code mtu} or {@code offload}
     * @throws IllegalArgumentException for a property that is unknown or out of range
     * @throws java.io.UncheckedIOException if the device cannot be opened
     */
    Link open(String name, Map<String, String> properties);
}
