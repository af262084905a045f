package dev.heddle.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.util.Arrays;
import java.util.stream.Stream;

/** The names of a stack that has been told nothing about them: those that {@link InetAddress} knows. */
final class JvmResolver implements InetAddressResolver {

    @Override
    public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
        var addresses = AddressPolicy.apply(policy, host, Arrays.stream(InetAddress.getAllByName(host)));
        if (addresses.isEmpty()) {
            throw new UnknownHostException(host + ": No address associated with hostname");
        }
        return addresses.stream();
    }

    @Override
    public String lookupByAddress(byte[] bytes) throws UnknownHostException {
        InetAddress address;
        try {
            address = InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address has 4 or 16 bytes, not " + bytes.length, e);
        }
        String name = address.getHostName();
        if (name.equals(address.getHostAddress())) {
            throw new UnknownHostException(name);
        }
        return name;
    }
}
