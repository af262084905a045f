package dev.heddle.commands.connect;

import dev.heddle.commands.FamilyFlags;
import dev.heddle.commands.OpenStack;
import dev.heddle.commands.Refusal;
import dev.heddle.commands.Seconds;
import dev.heddle.commands.StackFlags;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Connects the standard streams to a server, on a stack of its own. */
@Command(
        name = "connect",
        sortOptions = false,
        description = {
            "",
            "Connects to a server from a network of its own, as nc does: the standard input goes there, what comes back to the "
                    + "standard output. The end of the input is told to the server, and the server's end is the command's. "
                    + "The exit status is 0, 1 if the connection failed, 2 if it could not be tried.",
            ""
        },
        footer = {
            "",
            "Example: printf 'GET / HTTP/1.0\\r\\n\\r\\n' | bin/heddle connect --tun heddle0 --address 192.0.2.2/24 192.0.2.1 80"
        })
public final class ConnectCommand implements Callable<Integer> {

    private static final int MOST_PORT = 65_535;

    @Parameters(index = "0", paramLabel = "HOST", description = "A name or an address.")
    private String host = "";

    @Parameters(index = "1", paramLabel = "PORT", description = "1 to 65535.")
    private int port;

    @Mixin
    private StackFlags flags = new StackFlags();

    @Mixin
    private FamilyFlags family = new FamilyFlags();

    @Option(
            names = {"-u", "--udp"},
            description =
                    "Datagrams: each piece of input is one, and the command ends when the input has and nothing comes.")
    private boolean udp;

    @Option(
            names = {"-w", "--timeout"},
            paramLabel = "SECONDS",
            converter = Seconds.class,
            description = "How long to try to connect; with -u how long to wait for more (1 if not given).")
    private @Nullable Duration timeout;

    /** The process's standard streams, and not {@link System#in}: that has a lock and a buffer. */
    private final InputStream in = new FileInputStream(FileDescriptor.in);

    private final OutputStream out = new FileOutputStream(FileDescriptor.out);

    @Override
    public Integer call() throws IOException {
        if (port < 1 || port > MOST_PORT) {
            throw Refusal.usage("a port is 1 to " + MOST_PORT + ", not " + port);
        }
        Class<? extends InetAddress> wanted = family.wanted();
        try (OpenStack open = flags.open()) {
            InetSocketAddress server = new InetSocketAddress(open.resolve(host, wanted), port);
            if (udp) {
                new DatagramPipe(in, out, timeout == null ? Duration.ofSeconds(1) : timeout)
                        .run(open.stack().datagramSocketFactory(), server);
            } else {
                new StreamPipe(in, out).run(open.stack().socketFactory(), server, timeout);
            }
        }
        return 0;
    }
}
