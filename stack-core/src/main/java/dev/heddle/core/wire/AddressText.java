package dev.heddle.core.wire;

/** The text form of addresses: RFC 4291 2.2 in, RFC 5952 out. */
final class AddressText {

    private static final int GROUPS = 8;

    private AddressText() {}

    static IpAddress parse(String text) {
        return text.indexOf(':') < 0 ? IpAddress.ofIpv4(parseIpv4(text, text)) : parseIpv6(text);
    }

    private static int parseIpv4(String part, String whole) {
        int bits = 0;
        int at = 0;
        for (int i = 0; i < 4; i++) {
            int end = i < 3 ? part.indexOf('.', at) : part.length();
            int digits = end - at;
            // A leading zero is refused: others read it as octal (RFC 6943 3.1.1).
            if (digits < 1 || digits > 3 || (digits > 1 && part.charAt(at) == '0')) {
                throw malformed(whole);
            }
            int value = number(part, at, end, 10, whole);
            if (value > 255) {
                throw malformed(whole);
            }
            bits = bits << 8 | value;
            at = end + 1;
        }
        return bits;
    }

    private static IpAddress parseIpv6(String text) {
        int gap = text.indexOf("::");
        int[] groups = new int[GROUPS];
        if (gap < 0) {
            if (groups(text, 0, text.length(), groups, text) != GROUPS) {
                throw malformed(text);
            }
        } else {
            int before = groups(text, 0, gap, groups, text);
            int[] behind = new int[GROUPS];
            int after = groups(text, gap + 2, text.length(), behind, text);
            // The gap stands for one group of zeros at least.
            if (before + after >= GROUPS || (gap > 0 && endsInIpv4(text, gap))) {
                throw malformed(text);
            }
            System.arraycopy(behind, 0, groups, GROUPS - after, after);
        }
        return IpAddress.of(join(groups, 0), join(groups, 4));
    }

    private static boolean endsInIpv4(String text, int end) {
        return text.substring(0, end).indexOf('.') >= 0;
    }

    /** Reads groups separated by single colons from a range that may be empty; returns how many. */
    private static int groups(String text, int from, int to, int[] into, String whole) {
        int count = 0;
        int at = from;
        while (at < to) {
            int colon = text.indexOf(':', at);
            int end = colon < 0 || colon > to ? to : colon;
            boolean last = end == to;
            if (last && text.substring(at, end).indexOf('.') >= 0) {
                if (count > GROUPS - 2) {
                    throw malformed(whole);
                }
                int bits = parseIpv4(text.substring(at, end), whole);
                into[count++] = bits >>> 16;
                into[count++] = bits & 0xffff;
                return count;
            }
            if (count == GROUPS || end == at || end - at > 4 || end + 1 == to) {
                throw malformed(whole);
            }
            into[count++] = number(text, at, end, 16, whole);
            at = end + 1;
        }
        return count;
    }

    private static int number(String text, int from, int to, int radix, String whole) {
        int value = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            // Character.digit alone would take the digits of every script.
            int digit = c < 128 ? Character.digit(c, radix) : -1;
            if (digit < 0) {
                throw malformed(whole);
            }
            value = value * radix + digit;
        }
        return value;
    }

    private static long join(int[] groups, int from) {
        return (long) groups[from] << 48
                | (long) groups[from + 1] << 32
                | (long) groups[from + 2] << 16
                | groups[from + 3];
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException("not an IP address: " + text);
    }

    static String format(IpAddress address) {
        if (address.isIpv4()) {
            int bits = address.ipv4();
            return (bits >>> 24) + "." + (bits >>> 16 & 255) + "." + (bits >>> 8 & 255) + "." + (bits & 255);
        }
        int gapStart = -1;
        int gapLength = 1; // RFC 5952 4.2.2: one group alone is not shortened
        for (int i = 0; i < GROUPS; ) {
            int run = 0;
            while (i + run < GROUPS && group(address, i + run) == 0) {
                run++;
            }
            // RFC 5952 4.2.3: the longest run, of equal ones the first
            if (run > gapLength) {
                gapStart = i;
                gapLength = run;
            }
            i += run + 1;
        }
        StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < GROUPS; ) {
            if (i == gapStart) {
                text.append("::");
                i += gapLength;
                continue;
            }
            if (i > 0 && i != gapStart + gapLength) {
                text.append(':');
            }
            text.append(Integer.toHexString(group(address, i)));
            i++;
        }
        return text.toString();
    }

    private static int group(IpAddress address, int index) {
        long half = index < 4 ? address.high() : address.low();
        return (int) (half >>> (48 - 16 * (index & 3))) & 0xffff;
    }
}
