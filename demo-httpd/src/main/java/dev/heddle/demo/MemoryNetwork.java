package dev.heddle.demo;

import dev.heddle.core.link.MemoryLink;
import dev.heddle.core.time.Clock;
import dev.heddle.net.NetworkStack;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import javax.net.ServerSocketFactory;

/**
 * Two Heddle hosts on a cable in memory. A forwarder takes connections of the kernel's loopback interface to the server's
 * host through the other one, so that every byte crosses our TCP twice, and nothing needs privileges.
 */
final class MemoryNetwork implements DemoNetwork {

    private static final String SERVER = "192.0.2.2";
    private static final String CLIENT = "192.0.2.1";
    private static final int PREFIX_LENGTH = 24;
    private static final int SERVER_PORT = 80;
    private static final int BACKLOG = 1024;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    private final MemoryLink.Pair cable;
    private final NetworkStack server;
    private final NetworkStack client;
    private final PortForwarder forwarder;
    private final InetAddress address;
    private final int port;

    /**
     * Builds the network.
     *
     * @param port where the kernel listens on 127.0.0.1, 0 for any
     * @throws IOException if the port cannot be had
     */
    MemoryNetwork(LinkPlan plan, int port) throws IOException {
        address = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        ServerSocket outside = new ServerSocket(port, BACKLOG, address);
        this.port = outside.getLocalPort();
        NetworkStack built = null;
        try {
            cable = MemoryLink.pair("server0", "client0", plan.capabilities(), Clock.system());
            built = NetworkStack.builder()
                    .link(plan.decorate(new LentLink(cable.a())))
                    .address(SERVER + "/" + PREFIX_LENGTH)
                    .build();
            client = NetworkStack.builder()
                    .link(new LentLink(cable.b()))
                    .address(CLIENT + "/" + PREFIX_LENGTH)
                    .build();
        } catch (RuntimeException e) {
            if (built != null) {
                built.close(Duration.ZERO);
            }
            outside.close();
            throw e;
        }
        server = built;
        InetAddress to = InetAddress.getByName(SERVER);
        forwarder = new PortForwarder(outside, () -> client.socketFactory().createSocket(to, SERVER_PORT));
    }

    @Override
    public ServerSocketFactory serverSocketFactory() {
        return server.serverSocketFactory();
    }

    @Override
    public int serverPort() {
        return SERVER_PORT;
    }

    @Override
    public List<String> urls() {
        return List.of("http://" + address.getHostAddress() + ":" + port + "/");
    }

    @Override
    public SequencedMap<String, NetworkStack> stacks() {
        SequencedMap<String, NetworkStack> stacks = new LinkedHashMap<>();
        stacks.put("server", server);
        stacks.put("client", client);
        return stacks;
    }

    @Override
    public String description() {
        return "kernel " + address.getHostAddress() + ":" + port + " -> forwarder -> Heddle host " + CLIENT
                + " -> memory -> Heddle host " + SERVER;
    }

    @Override
    public void close() {
        server.close(CLOSE_TIMEOUT);
        forwarder.close();
        client.close(CLOSE_TIMEOUT);
        cable.close();
    }
}
