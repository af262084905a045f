package dev.heddle.it.programs;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Says what the local host is, and is done. */
public final class WhoAmI {

    private WhoAmI() {}

    /** Does that. */
    public static void main(String[] arguments) throws UnknownHostException {
        System.out.println(InetAddress.getLocalHost());
    }
}
