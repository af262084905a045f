package dev.heddle.core.host;

import dev.heddle.core.counter.CounterSet;
import dev.heddle.core.icmp.IcmpCounter;
import dev.heddle.core.ip.IpCounter;
import dev.heddle.core.tcp.TcpCounter;
import dev.heddle.core.udp.UdpCounter;
import dev.heddle.core.wire.Refusal;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The counters of one host, gathered from the protocols that own them. Any thread.
 *
 * @param refusals malformed packets by what was wrong with them
 */
public record HostCounters(
        CounterSet<IpCounter> ip,
        CounterSet<IcmpCounter> icmp,
        CounterSet<TcpCounter> tcp,
        CounterSet<UdpCounter> udp,
        CounterSet<Refusal> refusals) {

    static HostCounters create() {
        return new HostCounters(
                new CounterSet<>(IpCounter.class),
                new CounterSet<>(IcmpCounter.class),
                new CounterSet<>(TcpCounter.class),
                new CounterSet<>(UdpCounter.class),
                new CounterSet<>(Refusal.class));
    }

    /** All values of about this moment by name: those of {@code nstat}, and {@code Refused} with a reason. */
    public Map<String, Long> snapshot() {
        Map<String, Long> all = new LinkedHashMap<>();
        ip.snapshot().forEach((counter, value) -> all.put(counter.name(), value));
        icmp.snapshot().forEach((counter, value) -> all.put(counter.name(), value));
        tcp.snapshot().forEach((counter, value) -> all.put(counter.name(), value));
        udp.snapshot().forEach((counter, value) -> all.put(counter.name(), value));
        refusals.snapshot().forEach((refusal, value) -> {
            if (refusal != Refusal.NONE) {
                all.put("Refused." + refusal.name(), value);
            }
        });
        return all;
    }
}
