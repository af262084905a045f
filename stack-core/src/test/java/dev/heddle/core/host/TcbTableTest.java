package dev.heddle.core.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.core.link.LinkCapabilities;
import dev.heddle.core.tcp.ConnectionOptions;
import dev.heddle.core.tcp.SocketPair;
import dev.heddle.core.tcp.Tcb;
import dev.heddle.core.time.Clock;
import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class TcbTableTest {

    private static final IpAddress LOCAL = IpAddress.parse("192.0.2.1");

    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(1);
    private final Host host =
            Host.create(HostConfig.builder().memoryLimitBytes(8 << 20).build(), Clock.system(), random);
    private final HostInterface network = host.addInterface(
            "t0", LinkCapabilities.plain(1500), packet -> true, List.of(IpPrefix.parse("192.0.2.1/24")));
    private final TcbTable table = new TcbTable(new KeyedHash(random));

    private TableEntry entry(int number) {
        IpAddress remote = IpAddress.ofIpv4(0x0a000000 + number / 1000);
        SocketPair pair = SocketPair.of(LOCAL, 80, remote, 1 + number % 1000, 0);
        Tcb tcb = Tcb.connect(host.tcpContext(), pair, ConnectionOptions.DEFAULTS, 1, network.path(true), 0);
        return new TcpConnection(host, tcb, null, network.driver(), new Readiness(), PortAllocator.Use.BOUND);
    }

    private @Nullable TableEntry find(TableEntry entry) {
        return table.find(entry.pair());
    }

    @Test
    void does_what_a_map_does() {
        Map<SocketPair, TableEntry> model = new HashMap<>();
        Random choice = new Random(7);
        for (int i = 0; i < 50_000; i++) {
            TableEntry entry = entry(choice.nextInt(2000));
            TableEntry old = model.get(entry.pair());
            switch (choice.nextInt(4)) {
                case 0, 1 -> {
                    assertThat(table.addIfAbsent(entry)).isSameAs(old);
                    model.putIfAbsent(entry.pair(), entry);
                }
                case 2 -> {
                    if (old != null) {
                        assertThat(table.remove(entry))
                                .as("another of the same name")
                                .isFalse();
                        assertThat(table.remove(old)).isTrue();
                        model.remove(entry.pair());
                    } else {
                        assertThat(table.remove(entry)).isFalse();
                    }
                }
                default -> {
                    if (old != null) {
                        assertThat(table.replace(old, entry)).isTrue();
                        assertThat(table.replace(old, entry)).as("once only").isFalse();
                        model.put(entry.pair(), entry);
                    } else {
                        assertThat(table.replace(entry, entry)).isFalse();
                    }
                }
            }
            assertThat(find(entry)).isSameAs(model.get(entry.pair()));
        }
        assertThat(table.size()).isEqualTo(model.size());
        assertThat(new HashSet<>(table.entries())).isEqualTo(new HashSet<>(model.values()));
        model.values().forEach(table::remove);
        assertThat(table.entries()).isEmpty();
    }

    @Test
    void every_part_of_the_name_counts() {
        SocketPair pair = entry(5).pair();
        TableEntry entry = entry(5);
        table.addIfAbsent(entry);
        assertThat(table.find(pair)).isSameAs(entry);
        assertThat(table.find(pair.localHigh() ^ 1, pair.localLow(), 80, 0, pair.remoteLow(), 6, 0))
                .isNull();
        assertThat(table.find(0, pair.localLow() ^ 1, 80, 0, pair.remoteLow(), 6, 0))
                .isNull();
        assertThat(table.find(0, pair.localLow(), 81, 0, pair.remoteLow(), 6, 0))
                .isNull();
        assertThat(table.find(0, pair.localLow(), 80, 0, pair.remoteLow() ^ 1, 6, 0))
                .isNull();
        assertThat(table.find(0, pair.localLow(), 80, 0, pair.remoteLow(), 7, 0))
                .isNull();
        assertThat(table.find(0, pair.localLow(), 80, 0, pair.remoteLow(), 6, 1))
                .isNull();
        assertThat(table.find(0, pair.localLow(), 80, 0, pair.remoteLow(), 6, 0))
                .isSameAs(entry);
    }

    @Test
    void two_hosts_hash_differently() {
        KeyedHash one = new KeyedHash(random);
        KeyedHash other = new KeyedHash(random);
        int equal = 0;
        for (int i = 0; i < 1000; i++) {
            equal += one.ofPair(0, i, 80, 0, 1, 5, 0) == other.ofPair(0, i, 80, 0, 1, 5, 0) ? 1 : 0;
        }
        assertThat(equal).isLessThan(5);
    }

    @Test
    void readers_find_what_stays_while_writers_add_replace_and_remove_all_around_it() throws InterruptedException {
        List<TableEntry> lasting = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            TableEntry entry = entry(i);
            table.addIfAbsent(entry);
            lasting.add(entry);
        }
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong lookUps = new AtomicLong();
        AtomicLong missed = new AtomicLong();
        AtomicLong wrong = new AtomicLong();
        Thread reader = Thread.ofPlatform().start(() -> {
            Random choice = new Random(1);
            while (!done.get()) {
                TableEntry entry = lasting.get(choice.nextInt(lasting.size()));
                if (find(entry) != entry) {
                    missed.incrementAndGet();
                }
                lookUps.incrementAndGet();
            }
        });
        List<Thread> writers = new ArrayList<>();
        for (int w = 0; w < 2; w++) {
            int first = 1000 + w * 5000;
            writers.add(Thread.ofPlatform().start(() -> {
                // Growing and shrinking through many sizes, on names of its own.
                for (int round = 0; round < 12; round++) {
                    List<TableEntry> mine = new ArrayList<>();
                    for (int i = 0; i < 3000; i++) {
                        TableEntry entry = entry(first + i);
                        wrong.addAndGet(table.addIfAbsent(entry) == null ? 0 : 1);
                        mine.add(entry);
                    }
                    for (int i = 0; i < 3000; i++) {
                        TableEntry replacement = entry(first + i);
                        wrong.addAndGet(table.replace(mine.get(i), replacement) ? 0 : 1);
                        wrong.addAndGet(find(replacement) == replacement ? 0 : 1);
                        mine.set(i, replacement);
                    }
                    for (TableEntry entry : mine) {
                        wrong.addAndGet(table.remove(entry) ? 0 : 1);
                        wrong.addAndGet(find(entry) == null ? 0 : 1);
                    }
                }
            }));
        }
        for (Thread writer : writers) {
            writer.join();
        }
        done.set(true);
        reader.join();
        assertThat(missed.get()).isZero();
        assertThat(wrong.get()).isZero();
        assertThat(lookUps.get()).isPositive();
        assertThat(table.size()).isEqualTo(lasting.size());
    }

    @Test
    void of_two_threads_that_replace_one_entry_one_wins() throws InterruptedException {
        for (int round = 0; round < 2000; round++) {
            TableEntry old = entry(1);
            TableEntry mine = entry(1);
            TableEntry other = entry(1);
            table.addIfAbsent(old);
            AtomicBoolean otherWon = new AtomicBoolean();
            Thread thread = Thread.ofVirtual().start(() -> otherWon.set(table.replace(old, other)));
            boolean won = table.replace(old, mine);
            thread.join();
            assertThat(won).isNotEqualTo(otherWon.get());
            TableEntry winner = won ? mine : other;
            assertThat(find(old)).isSameAs(winner);
            table.remove(winner);
        }
    }
}
