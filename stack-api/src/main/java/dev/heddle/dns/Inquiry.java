package dev.heddle.dns;

import heddle.dnsjava.EDNSOption;
import heddle.dnsjava.Message;
import heddle.dnsjava.Rcode;
import heddle.dnsjava.Record;
import heddle.dnsjava.Resolver;
import heddle.dnsjava.SimpleResolver;
import heddle.dnsjava.TSIG;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All the questions of one lookup, on the thread that looks up. Each goes to one server after the other, and to those that were
 * silent once more, for a longer time. The time is limited for the lookup as a whole, however many questions it takes.
 *
 * <p>An interrupted thread goes on, as in the JDK's own resolver: {@link java.net.InetAddress} would remember for everybody
 * that there is no such name. Its interrupt status is back when the lookup ends.
 */
final class Inquiry implements Resolver, AutoCloseable {

    /** The first wait for a server is this part of the time for it, the second one the rest. */
    private static final int FIRST_PART = 3;

    /** What fits into one packet on any path: 1280 bytes (RFC 8200 5) less the headers of IPv6 and UDP. */
    private static final int UDP_BYTES = 1_232;

    private final ServerList servers;
    private final Sockets sockets;
    private final long timeoutNs;
    private final long deadlineNs;

    /** Who was silent is asked last; in the order of asking. */
    private final Set<InetSocketAddress> silent = new LinkedHashSet<>();

    /** Who cannot be reached is not asked again, and why. */
    private final Map<InetSocketAddress, String> unreachable = new LinkedHashMap<>();

    private boolean interrupted = Thread.interrupted();

    Inquiry(ServerList servers, Sockets sockets, Duration timeout) {
        this.servers = servers;
        this.sockets = sockets;
        timeoutNs = timeout.toNanos();
        deadlineNs = System.nanoTime() + timeoutNs * servers.size();
    }

    @Override
    public CompletionStage<Message> sendAsync(Message query, Executor executor) {
        try {
            return CompletableFuture.completedFuture(ask(query.getQuestion()));
        } catch (NoAnswerException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Message ask(Record question) throws NoAnswerException {
        Map<InetSocketAddress, String> refused = new LinkedHashMap<>();
        long firstNs = timeoutNs / FIRST_PART;
        for (long waitNs : new long[] {firstNs, timeoutNs - firstNs}) {
            for (InetSocketAddress server : inOrder()) {
                if (unreachable.containsKey(server) || refused.containsKey(server)) {
                    continue;
                }
                Message answer = ask(server, question, Math.min(System.nanoTime() + waitNs, deadlineNs));
                if (answer == null) {
                    continue;
                }
                // Those codes speak of the name; the others of the server.
                if (answer.getRcode() == Rcode.NOERROR || answer.getRcode() == Rcode.NXDOMAIN) {
                    silent.remove(server);
                    servers.answered(server);
                    return answer;
                }
                refused.put(server, Rcode.string(answer.getRcode()));
            }
        }
        throw new NoAnswerException(servers.inOrder().stream()
                .map(server -> ServerList.text(server) + reason(server, refused))
                .collect(Collectors.joining(", ")));
    }

    private String reason(InetSocketAddress server, Map<InetSocketAddress, String> refused) {
        if (unreachable.containsKey(server)) {
            return ": " + unreachable.get(server);
        }
        return refused.containsKey(server) ? " says " + refused.get(server) : " does not answer";
    }

    private List<InetSocketAddress> inOrder() {
        List<InetSocketAddress> order = new ArrayList<>(servers.inOrder());
        order.removeAll(silent);
        order.addAll(silent);
        return order;
    }

    /** Asks one server; null if there is no answer that can be used, and that is noted. */
    private @Nullable Message ask(InetSocketAddress server, Record question, long untilNs) {
        try {
            Message answer = ask(server, question, true, untilNs);
            // RFC 6891 7: so says who does not know that extension.
            boolean old = answer.getRcode() == Rcode.FORMERR || answer.getRcode() == Rcode.NOTIMP;
            return old ? ask(server, question, false, untilNs) : answer;
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case SocketTimeoutException timeout -> silent.add(server);
                case PortUnreachableException nobody -> unreachable.put(server, "nobody answers at its port");
                case null, default -> {
                    String message = e.getCause() == null ? null : e.getCause().getMessage();
                    unreachable.put(server, message == null ? e.toString() : message);
                }
            }
            return null;
        }
    }

    private Message ask(InetSocketAddress server, Record question, boolean extended, long untilNs) {
        while (true) {
            SimpleResolver resolver = new SimpleResolver(server);
            resolver.setIoClientFactory(new Exchange(sockets, untilNs));
            resolver.setEDNS(extended ? 0 : -1, UDP_BYTES, 0, List.of());
            try {
                // With an identifier of its own, each time.
                return resolver.sendAsync(Message.newQuery(question), Runnable::run)
                        .toCompletableFuture()
                        .join();
            } catch (CompletionException e) {
                if (!Thread.interrupted()) {
                    throw e;
                }
                interrupted = true;
            }
        }
    }

    /** Gives the thread its interrupt status back. */
    @Override
    public void close() {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- what a lookup does not set

    @Override
    public void setPort(int port) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setTCP(boolean always) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setIgnoreTruncation(boolean ignore) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setEDNS(int version, int payloadSize, int flags, List<EDNSOption> options) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setTSIGKey(TSIG key) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void setTimeout(Duration timeout) {
        throw new UnsupportedOperationException();
    }
}
