package dev.heddle.it;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** The two address families, with the addresses at both ends of a test's TUN. */
enum Family {
    IPV4("198.18.77.2", "198.18.77.1", "198.18.77.99", "198.18.78.1", "198.18.78.2", 24),
    IPV6("2001:db8:77::2", "2001:db8:77::1", "2001:db8:77::99", "2001:db8:78::1", "2001:db8:78::2", 64);

    /** The smallest MTU of an IPv6 link (RFC 8200 5). */
    static final int IPV6_MIN_MTU = 1280;

    private final String heddle;
    private final String kernel;
    private final String nobody;
    private final String router;
    private final String far;
    private final int prefixLength;

    Family(String heddle, String kernel, String nobody, String router, String far, int prefixLength) {
        this.heddle = heddle;
        this.kernel = kernel;
        this.nobody = nobody;
        this.router = router;
        this.far = far;
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

    /** The kernel's address in a second network, if it is a router. */
    InetAddress router() {
        return address(router);
    }

    /** A host in that second network. */
    InetAddress far() {
        return address(far);
    }

    String routerWithPrefix() {
        return router + "/" + prefixLength;
    }

    String farWithPrefix() {
        return far + "/" + prefixLength;
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

    /** The length of an IP header without options. */
    int ipHeaderBytes() {
        return this == IPV4 ? 20 : 40;
    }

    /** The option of {@code ip}, {@code ping} and {@code nc} that chooses the family. */
    String option() {
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
