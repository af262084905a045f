package dev.heddle.demo;

import dev.heddle.core.wire.IpAddress;
import dev.heddle.core.wire.IpPrefix;
import dev.heddle.net.NetworkStack;
import dev.heddle.net.NetworkStackBuilder;
import dev.heddle.tun.TunLink;
import dev.heddle.tun.TunLinkBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import javax.net.ServerSocketFactory;

/** One Heddle host on a TUN interface, whose other side is this machine's kernel. */
final class TunNetwork implements DemoNetwork {

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

    private final NetworkStack stack;
    private final String name;
    private final List<IpPrefix> addresses;
    private final int port;

    /**
     * Builds the network.
     *
     * @param name the interface
     * @param addresses Heddle's; the kernel gets the first other address of each prefix
     * @param port for the web server
     * @throws IllegalArgumentException if a prefix has no room for two, or a name or MTU cannot be
     * @throws java.io.UncheckedIOException if the interface cannot be opened or the capture cannot be written
     */
    TunNetwork(LinkPlan plan, String name, List<IpPrefix> addresses, int port) {
        this.name = name;
        this.addresses = List.copyOf(addresses);
        this.port = port;
        TunLinkBuilder tun = TunLink.builder(name).mtu(plan.mtu()).offload(plan.offload());
        for (IpPrefix address : addresses) {
            tun.address(new IpPrefix(address.otherHost(), address.length()));
        }
        NetworkStackBuilder builder = NetworkStack.builder().link(plan.decorate(tun.open()));
        for (IpPrefix address : addresses) {
            builder.address(address.toString());
        }
        stack = builder.build();
    }

    /** Whether new interfaces may have IPv6 addresses. */
    static boolean kernelHasIpv6(Path disableSwitch) {
        try {
            return Files.readString(disableSwitch).strip().equals("0");
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public ServerSocketFactory serverSocketFactory() {
        return stack.serverSocketFactory();
    }

    @Override
    public int serverPort() {
        return port;
    }

    @Override
    public List<String> urls() {
        return addresses.stream().map(prefix -> url(prefix.address())).toList();
    }

    private String url(IpAddress address) {
        String host = address.isIpv4() ? address.toString() : "[" + address + "]";
        return "http://" + host + (port == 80 ? "" : ":" + port) + "/";
    }

    @Override
    public SequencedMap<String, NetworkStack> stacks() {
        SequencedMap<String, NetworkStack> stacks = new LinkedHashMap<>();
        stacks.put("server", stack);
        return stacks;
    }

    @Override
    public String description() {
        return "kernel -> TUN interface " + name + " -> Heddle host";
    }

    @Override
    public void close() {
        stack.close(CLOSE_TIMEOUT);
    }
}
