package dev.heddle.it.programs;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Looks names up as any program does, and says what it has found. Its arguments: the names, or addresses to find the names of. */
public final class NameLookup {

    private NameLookup() {}

    /** One line for each argument. */
    public static void main(String[] arguments) throws IOException {
        for (String argument : arguments) {
            System.out.println(argument + " " + find(argument));
        }
    }

    private static String find(String argument) throws IOException {
        try {
            InetAddress[] addresses = InetAddress.getAllByName(argument);
            return addresses[0].getHostAddress().equals(argument)
                    ? addresses[0].getCanonicalHostName()
                    : Arrays.stream(addresses).map(InetAddress::getHostAddress).collect(Collectors.joining(" "));
        } catch (UnknownHostException e) {
            return "unknown: " + e.getMessage();
        }
    }
}
