package dev.heddle.dns;

import heddle.dnsjava.AAAARecord;
import heddle.dnsjava.ARecord;
import heddle.dnsjava.Cache;
import heddle.dnsjava.DClass;
import heddle.dnsjava.Name;
import heddle.dnsjava.NameTooLongException;
import heddle.dnsjava.PTRRecord;
import heddle.dnsjava.Record;
import heddle.dnsjava.ReverseMap;
import heddle.dnsjava.TextParseException;
import heddle.dnsjava.Type;
import heddle.dnsjava.lookup.LookupSession;
import heddle.dnsjava.lookup.NoSuchDomainException;
import heddle.dnsjava.lookup.NoSuchRRSetException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks names up in the DNS. What servers say is remembered for as long as they allow, and within limits of number and time.
 * Everything happens on the calling thread. For any thread.
 */
public final class DnsClient {

    /** What the JDK says on Linux. */
    public static final String UNKNOWN = "Name or service not known";

    private static final String NO_ADDRESS = "No address associated with hostname";
    private static final String FAILED = "Temporary failure in name resolution";

    private static final Logger LOG = LoggerFactory.getLogger(DnsClient.class);

    private static final int MOST_REMEMBERED_NAMES = 4_096;
    private static final Duration LONGEST_REMEMBERED = Duration.ofDays(1);

    /** A name that has just come to be is wanted soon. */
    private static final Duration LONGEST_REMEMBERED_ABSENT = Duration.ofMinutes(5);

    private final DnsConfig config;
    private final Sockets sockets;
    private final ServerList servers;
    private final List<Name> searchDomains;
    private final Cache cache = new Cache(DClass.IN);

    /**
     * Makes a client.
     *
     * @throws IllegalArgumentException if a search domain is malformed
     */
    public DnsClient(DnsConfig config, Sockets sockets) {
        this.config = config;
        this.sockets = sockets;
        servers = new ServerList(config.servers());
        searchDomains =
                config.searchDomains().stream().map(DnsClient::searchDomain).toList();
        cache.setMaxEntries(MOST_REMEMBERED_NAMES);
        cache.setMaxCache((int) LONGEST_REMEMBERED.toSeconds());
        cache.setMaxNCache((int) LONGEST_REMEMBERED_ABSENT.toSeconds());
    }

    private static Name searchDomain(String text) {
        try {
            if (HostNames.isValid(text)) {
                return Name.fromString(text, Name.root);
            }
        } catch (TextParseException e) {
            throw new IllegalArgumentException("no domain: " + text, e);
        }
        throw new IllegalArgumentException("no domain: " + text);
    }

    /**
     * A host's addresses, IPv4's first.
     *
     * @param host a {@linkplain HostNames#isValid valid} name
     * @throws UnknownHostException if there is no such host, it has none of these, or no server says; with the host's name in
     *     front, and the servers that did not
     */
    public List<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) throws UnknownHostException {
        try (Inquiry inquiry = new Inquiry(servers, sockets, config.timeout())) {
            String why = UNKNOWN;
            for (Name candidate : candidates(host)) {
                List<InetAddress> found = new ArrayList<>();
                String whyNot = lookUp(inquiry, candidate, ipv4, ipv6, found);
                if (!found.isEmpty()) {
                    return found;
                }
                if (!whyNot.equals(UNKNOWN)) {
                    why = whyNot;
                }
                if (whyNot.startsWith(FAILED)) {
                    break;
                }
            }
            throw new UnknownHostException(host + ": " + why);
        }
    }

    /** The names that a host's name may stand for, in the order in which they are tried. */
    private Set<Name> candidates(String host) throws UnknownHostException {
        Set<Name> candidates = new LinkedHashSet<>();
        try {
            Name name = Name.fromString(host);
            boolean hasDot = name.labels() > 1;
            if (name.isAbsolute() || hasDot) {
                candidates.add(Name.fromString(host, Name.root));
            }
            if (!name.isAbsolute()) {
                for (Name domain : searchDomains) {
                    addWithin(candidates, name, domain);
                }
                candidates.add(Name.fromString(host, Name.root));
            }
        } catch (TextParseException e) {
            throw new UnknownHostException(host + ": " + UNKNOWN);
        }
        return candidates;
    }

    private static void addWithin(Set<Name> candidates, Name name, Name domain) {
        try {
            candidates.add(Name.concatenate(name, domain));
        } catch (NameTooLongException e) {
            LOG.debug("nothing in {} can be called {}", domain, name);
        }
    }

    /** Adds what is found, and returns why nothing was if nothing was. */
    private String lookUp(Inquiry inquiry, Name name, boolean ipv4, boolean ipv6, List<InetAddress> found) {
        String why = UNKNOWN;
        for (int type : new int[] {Type.A, Type.AAAA}) {
            if (type == Type.A ? !ipv4 : !ipv6) {
                continue;
            }
            try {
                for (Record record : records(inquiry, name, type)) {
                    if (record instanceof ARecord address) {
                        found.add(address.getAddress());
                    } else if (record instanceof AAAARecord address) {
                        found.add(address.getAddress());
                    }
                }
                why = NO_ADDRESS;
            } catch (CompletionException e) {
                switch (e.getCause()) {
                    case NoSuchDomainException noName -> {}
                    case NoSuchRRSetException noAddress -> why = NO_ADDRESS;
                    case NoAnswerException nobody -> {
                        return FAILED + ": " + nobody.getMessage();
                    }
                    case null, default -> {
                        return FAILED + ": " + e.getCause();
                    }
                }
            }
        }
        return why;
    }

    /**
     * The name of an address.
     *
     * @throws UnknownHostException if it has none that a host can have, or no server says
     */
    public String name(InetAddress address) throws UnknownHostException {
        try (Inquiry inquiry = new Inquiry(servers, sockets, config.timeout())) {
            for (Record record : records(inquiry, ReverseMap.fromAddress(address), Type.PTR)) {
                // Anybody may call his own addresses whatever he likes.
                if (record instanceof PTRRecord pointer
                        && HostNames.isValid(pointer.getTarget().toString())) {
                    return pointer.getTarget().toString(true);
                }
            }
            throw new UnknownHostException(address.getHostAddress());
        } catch (CompletionException e) {
            UnknownHostException unknown = new UnknownHostException(address.getHostAddress());
            unknown.initCause(e.getCause());
            throw unknown;
        }
    }

    /** Asks for records, those that aliases lead to included. */
    private List<Record> records(Inquiry inquiry, Name name, int type) {
        return LookupSession.builder()
                .resolver(inquiry)
                .executor(Runnable::run)
                .cache(cache)
                .build()
                .lookupAsync(name, type)
                .toCompletableFuture()
                .join()
                .getRecords();
    }

    @Override
    public String toString() {
        return "DnsClient" + config.servers().stream().map(ServerList::text).toList();
    }
}
