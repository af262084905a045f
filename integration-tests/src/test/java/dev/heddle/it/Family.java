package dev.heddle.it;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The two address families, with the addresses at both ends of a test's TUN. */
enum Family {
    IPV4("198.18.77.2", "198.18.77.1", "198.18.77.99", 24),
    IPV6("2001:db8:77::2", "2001:db8:77::1", "2001:db8:77::99", 64);

    private final String heddle;
    private final String kernel;
    private final String nobody;
    private final int prefixLength;

    Family(String heddle, String kernel, String nobody, int prefixLength) {
        this.heddle = heddle;
        this.kernel = kernel;
        this.nobody = nobody;
        this.prefixLength = prefixLength;
    }

    /** Heddle's address. */
    InetAddress heddle() {
        return address(heddle);
    }

    /** The kernel's address in the test's namespace. */
    InetAddress kernel() {
        return address(kernel);
    }

    /** An address of the same network that nobody has: packets for it vanish. */
    InetAddress nobody() {
        return address(nobody);
    }

    String heddleWithPrefix() {
        return heddle + "/" + prefixLength;
    }

    String kernelWithPrefix() {
        return kernel + "/" + prefixLength;
    }

    /** Heddle's address as a URL has it. */
    String heddleInUrl() {
        return this == IPV4 ? heddle : "[" + heddle + "]";
    }

    /** The option of {@code ping} that chooses the family. */
    String pingOption() {
        return this == IPV4 ? "-4" : "-6";
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(literal, e);
        }
    }
}
