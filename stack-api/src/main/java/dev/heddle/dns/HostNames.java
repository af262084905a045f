package dev.heddle.dns;

/** What a host can be called: letters, digits, hyphens and the underscores that are in use (RFC 952, RFC 1123 2.1). */
public final class HostNames {

    /** RFC 1035 2.3.4, written with dots. */
    private static final int LONGEST = 253;

    private static final int LONGEST_LABEL = 63;

    private HostNames() {}

    /** Whether a host can be called so; a dot at the end, which says that nothing is to be appended, is allowed. */
    public static boolean isValid(String name) {
        String bare = withoutLastDot(name);
        if (bare.isEmpty() || bare.length() > LONGEST) {
            return false;
        }
        for (String label : bare.split("\\.", -1)) {
            if (label.isEmpty()
                    || label.length() > LONGEST_LABEL
                    || !label.chars().allMatch(HostNames::isAllowed)) {
                return false;
            }
        }
        // RFC 1123 2.1: so that no name can be taken for an address.
        return !bare.substring(bare.lastIndexOf('.') + 1).chars().allMatch(letter -> letter >= '0' && letter <= '9');
    }

    private static boolean isAllowed(int letter) {
        return letter >= 'a' && letter <= 'z'
                || letter >= 'A' && letter <= 'Z'
                || letter >= '0' && letter <= '9'
                || letter == '-'
                || letter == '_';
    }

    public static String withoutLastDot(String name) {
        return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    }
}
