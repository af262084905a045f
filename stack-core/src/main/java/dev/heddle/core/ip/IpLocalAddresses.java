package dev.heddle.core.ip;

import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import dev.heddle.core.wire.LocalAddresses;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The addresses of a host, with their prefixes; an immutable snapshot. Asked for every packet, without allocation. */
public final class IpLocalAddresses implements LocalAddresses {

    public static final IpLocalAddresses EMPTY = new IpLocalAddresses(List.of());

    private final List<IpPrefix> prefixes;

    /** High and low half of each address, and of the broadcast address of each IPv4 network that has one. */
    private final long[] addresses;

    private final long[] broadcasts;

    /** Whether all of 127.0.0.0/8 is this host's: one address of it stands for all (RFC 1122 3.2.1.3). */
    private final boolean loopback;

    private IpLocalAddresses(List<IpPrefix> prefixes) {
        this.prefixes = prefixes;
        addresses = new long[2 * prefixes.size()];
        List<IpAddress> networks = new ArrayList<>();
        for (int i = 0; i < prefixes.size(); i++) {
            IpPrefix prefix = prefixes.get(i);
            addresses[2 * i] = prefix.address().high();
            addresses[2 * i + 1] = prefix.address().low();
            IpAddress broadcast = prefix.broadcast();
            if (broadcast != null) {
                networks.add(broadcast);
            }
        }
        loopback = prefixes.stream().anyMatch(p -> p.isIpv4() && p.address().isLoopback());
        broadcasts = networks.stream().mapToLong(IpAddress::low).toArray();
    }

    public static IpLocalAddresses of(List<IpPrefix> prefixes) {
        return new IpLocalAddresses(List.copyOf(prefixes));
    }

    /** The same with one more, which takes the place of a prefix with the same address. */
    public IpLocalAddresses with(IpPrefix added) {
        List<IpPrefix> all = new ArrayList<>(without(added.address()).prefixes);
        all.add(added);
        return of(all);
    }

    /** The same without an address. */
    public IpLocalAddresses without(IpAddress removed) {
        return of(prefixes.stream().filter(p -> !p.address().equals(removed)).toList());
    }

    public List<IpPrefix> prefixes() {
        return prefixes;
    }

    @Override
    public boolean contains(long high, long low) {
        for (int i = 0; i < addresses.length; i += 2) {
            if (addresses[i + 1] == low && addresses[i] == high) {
                return true;
            }
        }
        return loopback && low != 1 && IpAddress.isLoopback(high, low) && !isBroadcast(high, low);
    }

    @Override
    public boolean isBroadcast(long high, long low) {
        if (high != 0) {
            return false;
        }
        for (long broadcast : broadcasts) {
            if (broadcast == low) {
                return true;
            }
        }
        return IpAddress.isBroadcast(high, low);
    }

    @Override
    public @Nullable IpAddress sourceFor(long destinationHigh, long destinationLow) {
        boolean ipv4 = IpAddress.isIpv4(destinationHigh, destinationLow);
        boolean linkLocal = IpAddress.isLinkLocal(destinationHigh, destinationLow);
        IpPrefix best = null;
        int bestRank = -1;
        int bestCommon = -1;
        for (IpPrefix prefix : prefixes) {
            if (prefix.isIpv4() != ipv4) {
                continue;
            }
            boolean sameScope = prefix.address().isLinkLocal() == linkLocal;
            int rank = prefix.contains(destinationHigh, destinationLow) ? 2 + prefix.length() : sameScope ? 1 : 0;
            // RFC 6724 5, rule 8; IPv4 hosts take their first address
            int common = ipv4 ? 0 : commonBits(prefix.address(), destinationHigh, destinationLow);
            if (rank > bestRank || rank == bestRank && common > bestCommon) {
                best = prefix;
                bestRank = rank;
                bestCommon = common;
            }
        }
        return best == null ? null : best.address();
    }

    private static int commonBits(IpAddress address, long high, long low) {
        int inHigh = Long.numberOfLeadingZeros(address.high() ^ high);
        return inHigh < Long.SIZE ? inHigh : Long.SIZE + Long.numberOfLeadingZeros(address.low() ^ low);
    }
}
