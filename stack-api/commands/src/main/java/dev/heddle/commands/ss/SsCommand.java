package dev.heddle.commands.ss;

import dev.heddle.commands.Refusal;
import dev.heddle.control.ControlDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the endpoints of the stacks that run. */
@Command(
        name = "ss",
        sortOptions = false,
        description = {
            "",
            "Shows the connections of every stack that this user has running, by bin/heddle or in a program of its own that "
                    + "opens a control socket, as Linux's ss does. A listener's Recv-Q is how many wait to be accepted, its "
                    + "Send-Q how many may.",
            ""
        },
        footer = {"", "Example: bin/heddle ss -tai"})
public final class SsCommand implements Callable<Integer> {

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = {"-a", "--all"},
            description = "Listeners, handshakes and TIME-WAIT, too.")
    private boolean all;

    @Option(
            names = {"-l", "--listening"},
            description = "Only listeners, and UDP endpoints that are not connected.")
    private boolean listening;

    @Option(
            names = {"-t", "--tcp"},
            description = "Only TCP, unless -u is given as well.")
    private boolean tcp;

    @Option(
            names = {"-u", "--udp"},
            description = "Only UDP, unless -t is given as well.")
    private boolean udp;

    @Option(names = "-4", description = "Only IPv4.")
    private boolean four;

    @Option(names = "-6", description = "Only IPv6.")
    private boolean six;

    @SuppressWarnings("UnusedVariable") // for those who are used to it: it is never otherwise
    @Option(
            names = {"-n", "--numeric"},
            description = "Numbers instead of names, which is always so.")
    private boolean numeric;

    @Option(
            names = {"-i", "--info"},
            description = "The figures of each connection.")
    private boolean info;

    @Option(
            names = {"-H", "--no-header"},
            description = "Without titles.")
    private boolean bare;

    @Option(names = "--pid", paramLabel = "PID", description = "Only the stacks of one process.")
    private @Nullable Long process;

    @Override
    public Integer call() {
        List<RunningStack> stacks;
        List<String> complaints = new ArrayList<>();
        try {
            stacks = RunningStack.ask(
                    ControlDirectory.ofUser(), Optional.ofNullable(process), info, RunningStack.QUIET, complaints::add);
        } catch (IOException e) {
            throw Refusal.usage(String.valueOf(e.getMessage()));
        }
        if (!complaints.isEmpty()) {
            print(stacks);
            throw Refusal.failed(String.join("; ", complaints));
        }
        if (stacks.isEmpty()) {
            throw Refusal.usage(
                    process == null
                            ? "no stack is running of this user's: start one, for example by bin/heddle run"
                            : "no stack is running in process " + process + ": bin/heddle ss shows all that are");
        }
        print(stacks);
        return 0;
    }

    private void print(List<RunningStack> stacks) {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        for (int i = 0; i < stacks.size(); i++) {
            if (!bare) {
                out.print((i == 0 ? "" : "\n") + title(stacks.get(i)));
            }
            out.print(table(stacks.get(i)));
        }
        out.flush();
    }

    private static String title(RunningStack stack) {
        List<String> links =
                stack.links().stream().filter(link -> !link.startsWith("lo ")).toList();
        return "# " + (stack.process() + " " + stack.program()).strip() + ": " + String.join(", ", links) + "\n";
    }

    private String table(RunningStack stack) {
        boolean withKind = tcp == udp;
        List<String> titles =
                new ArrayList<>(List.of("State", "Recv-Q", "Send-Q", "Local Address:Port", "Peer Address:Port"));
        if (withKind) {
            titles.addFirst("Netid");
        }
        SocketTable table = new SocketTable(titles);
        stack.endpoints().stream()
                .filter(this::isWanted)
                .sorted(Comparator.comparing(Endpoint::isTcp).thenComparing(endpoint -> !endpoint.isListening()))
                .forEach(endpoint -> table.add(
                        columns(endpoint, withKind),
                        info && endpoint.isTcp() && !endpoint.isListening()
                                ? InfoText.of(endpoint.fields(), stack.nowNs())
                                : ""));
        String text = table.text();
        return bare ? text.substring(text.indexOf('\n') + 1) : text;
    }

    private static List<String> columns(Endpoint endpoint, boolean withKind) {
        List<String> columns = new ArrayList<>(List.of(
                endpoint.state(), endpoint.receiveQueue(), endpoint.sendQueue(), endpoint.local(), endpoint.peer()));
        if (withKind) {
            columns.addFirst(endpoint.isTcp() ? "tcp" : "udp");
        }
        return columns;
    }

    private boolean isWanted(Endpoint endpoint) {
        boolean kind = tcp == udp || tcp == endpoint.isTcp();
        boolean family = four == six || endpoint.isDual() || four == endpoint.isIpv4();
        boolean state =
                all ? !endpoint.state().equals("CLOSED") : listening ? endpoint.isListening() : endpoint.isConnected();
        return kind && family && state;
    }
}
