package dev.heddle.tun;

import dev.heddle.core.link.Link;
import dev.heddle.core.link.LinkProvider;
import java.util.Map;

/**
 * Opens {@link TunLink}s by name, for those who know them only as {@code tun:NAME}. Properties: {@code address} (several
 * with commas between), {@code mtu}, {@code offload} and {@code up} (true or false), {@code attach} (true: must exist).
 */
public final class TunLinkProvider implements LinkProvider {

    /** For {@link java.util.ServiceLoader}. */
    public TunLinkProvider() {}

    @Override
    public String kind() {
        return "tun";
    }

    @Override
    public Link open(String name, Map<String, String> properties) {
        TunLinkBuilder builder = TunLink.builder(name);
        boolean attach = false;
        for (Map.Entry<String, String> property : properties.entrySet()) {
            String key = property.getKey();
            String value = property.getValue().trim();
            switch (key) {
                case "address" -> {
                    for (String address : value.split(",", -1)) {
                        builder.address(address.trim());
                    }
                }
                case "mtu" -> builder.mtu(parseMtu(value));
                case "offload" -> builder.offload(parseBoolean(key, value));
                case "up" -> builder.up(parseBoolean(key, value));
                case "attach" -> attach = parseBoolean(key, value);
                default ->
                    throw new IllegalArgumentException(
                            "unknown property of a TUN link: " + key + " (known: address, mtu, offload, up, attach)");
            }
        }
        return attach ? builder.attach() : builder.open();
    }

    private static int parseMtu(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("MTU must be 68 to 65535: " + value, e);
        }
    }

    private static boolean parseBoolean(String key, String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(key + " must be true or false: " + value);
        };
    }
}
