package dev.heddle.core.sim;

import dev.heddle.core.host.Host;
import dev.heddle.core.host.HostConfig;
import dev.heddle.core.host.HostInterface;
import dev.heddle.core.link.Fabric;
import dev.heddle.core.link.Faults;
import dev.heddle.core.link.FaultyLink;
import dev.heddle.core.link.Link;
import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.link.Packet;
import dev.heddle.core.link.PcapngLink;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpPrefix;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Hosts and the links between them, run by one thread under virtual time: nothing happens but what the hosts, the faults and
 * the scheduled actions make happen, and always in the same order for the same seed. Applications are callbacks on the
 * endpoints' readiness.
 *
 * <p>Not thread-safe. Time stands still while code runs and jumps to the next event in between.
 */
public final class Simulation implements Clock, AutoCloseable {

    /** A named algorithm, so that a seed means the same for ever. */
    private static final RandomGeneratorFactory<RandomGenerator> RANDOM = RandomGeneratorFactory.of("L64X128MixRandom");

    /** How often the hosts may exchange packets without time passing before that counts as a livelock. */
    private static final int MOST_ROUNDS_PER_INSTANT = 100_000;

    private final RandomGenerator random;
    private final List<Host> hosts = new ArrayList<>();
    private final List<Attachment> attachments = new ArrayList<>();
    private final PriorityQueue<Action> actions =
            new PriorityQueue<>(Comparator.comparingLong(Action::atNs).thenComparingLong(Action::number));
    private final Packet packet = new Packet(Packet.MAX_LENGTH);

    /** One second, so that no time is mistaken for "never happened". */
    private long nowNs = 1_000_000_000L;

    private long scheduled;

    /** Put around each link that is attached. */
    private UnaryOperator<Link> decoration = UnaryOperator.identity();

    private record Action(long atNs, long number, Runnable run) {}

    /** A host's end of a link. */
    private record Attachment(Host host, HostInterface on, Link link) {}

    /** Two ends of a link whose faults may be changed while the simulation runs. */
    public record Connection(FaultyLink link, HostInterface a, HostInterface b) {}

    /** Makes an empty simulation; all its randomness comes from the seed. */
    public Simulation(long seed) {
        random = RANDOM.create(seed);
    }

    @Override
    public long nanoTime() {
        return nowNs;
    }

    /** The simulation's own source of randomness, for scenarios that draw from the same seed. */
    public RandomGenerator random() {
        return random;
    }

    /** Adds a host without interfaces. */
    public Host host(HostConfig config) {
        Host host = Host.create(config, this, RANDOM.create(random.nextLong()));
        hosts.add(host);
        return host;
    }

    /**
     * Joins two hosts by a link of two ends with faults of its own in each direction.
     *
     * @param capabilities of the link under the faults; the faults see packets of its MTU
     * @param aToB what happens to packets from {@code a} to {@code b}
     */
    public Connection connect(
            Host a,
            List<IpPrefix> addressesOfA,
            Host b,
            List<IpPrefix> addressesOfB,
            LinkCapabilities capabilities,
            Faults aToB,
            Faults bToA) {
        int number = attachments.size() / 2;
        MemoryLink.Pair pair = MemoryLink.pair("a" + number, "b" + number, capabilities, this);
        FaultyLink faulty = new FaultyLink(pair.a(), this, RANDOM.create(random.nextLong()), Faults.NONE);
        faulty.transmitFaults(aToB);
        faulty.receiveFaults(bToA);
        return new Connection(faulty, attach(a, addressesOfA, faulty), attach(b, addressesOfB, pair.b()));
    }

    /** Makes a network that any number of hosts can {@linkplain #join join}. */
    public Fabric fabric(int mtu) {
        return new Fabric(mtu, this, RANDOM.create(random.nextLong()));
    }

    /** Puts a host on a network, under the addresses given. */
    public HostInterface join(Fabric fabric, String name, Host host, List<IpPrefix> addresses) {
        return attach(
                host,
                addresses,
                fabric.join(name, addresses.stream().map(IpPrefix::address).toList()));
    }

    /** Puts something around each link that is attached from now on, outside of what is there: a check, for example. */
    public void decorate(UnaryOperator<Link> next) {
        UnaryOperator<Link> before = decoration;
        decoration = link -> next.apply(before.apply(link));
    }

    /**
     * Records what goes in and out of each link that is attached from now on, into a pcapng file named for the link, with
     * times that begin at the epoch. The run is the same with and without.
     *
     * @param directory which is made if it is not there
     */
    public void capture(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        decorate(link -> {
            try {
                return new PcapngLink(
                        link,
                        Files.newByteChannel(
                                directory.resolve(link.name() + ".pcapng"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.TRUNCATE_EXISTING),
                        this,
                        Instant.EPOCH);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Gives a host a link of the caller's, decorated perhaps, which this simulation reads and closes from now on. */
    public HostInterface attach(Host host, List<IpPrefix> addresses, Link undecorated) {
        Link link = decoration.apply(undecorated);
        HostInterface on = host.addInterface(link.name(), link.capabilities(), link, addresses);
        attachments.add(new Attachment(host, on, link));
        return on;
    }

    /** Runs an action after some time. */
    public void after(long delayNs, Runnable action) {
        actions.add(new Action(nowNs + delayNs, scheduled++, action));
    }

    /**
     * Runs all that happens now, then moves to the next event and runs that.
     *
     * @param untilNs the time that is not passed
     * @return false if nothing more happens up to that time, which it is now
     */
    public boolean step(long untilNs) {
        deliver();
        long next = nextEventNs();
        if (next > untilNs) {
            nowNs = Math.max(nowNs, untilNs);
            return false;
        }
        nowNs = Math.max(nowNs, next);
        while (!actions.isEmpty() && actions.peek().atNs <= nowNs) {
            actions.poll().run.run();
        }
        for (Host host : hosts) {
            if (host.nextDeadline() <= nowNs) {
                host.runTimers();
            }
        }
        deliver();
        return true;
    }

    /** Runs for some virtual time. */
    public void run(long durationNs) {
        long until = nowNs + durationNs;
        while (step(until)) {
            // The events are the work.
        }
    }

    /** When something happens next; {@link Clock#NEVER} if nothing does. */
    public long nextEventNs() {
        long next = actions.isEmpty() ? NEVER : actions.peek().atNs;
        for (Host host : hosts) {
            next = Math.min(next, host.nextDeadline());
        }
        for (Attachment each : attachments) {
            next = Math.min(next, each.link.nextDeadline());
        }
        return next;
    }

    /** Carries packets until none is left that may arrive now. */
    private void deliver() {
        boolean moved;
        int rounds = 0;
        do {
            moved = false;
            for (Attachment each : attachments) {
                moved |= deliver(each);
            }
            if (++rounds > MOST_ROUNDS_PER_INSTANT) {
                throw new IllegalStateException("packets go round without time passing, at " + nowNs + " ns");
            }
        } while (moved);
    }

    private boolean deliver(Attachment to) {
        boolean any = false;
        to.host.beginBatch(to.on);
        while (to.link.receive(packet)) {
            any = true;
            to.host.inject(to.on, packet);
        }
        to.host.endBatch(to.on);
        if (any) {
            // What was read has made room in the link for everybody's packets.
            attachments.forEach(each -> each.host.linkReady(each.on));
        }
        return any;
    }

    /** Closes all hosts and links. */
    @Override
    public void close() {
        hosts.forEach(Host::close);
        attachments.forEach(each -> each.link.close());
    }
}
