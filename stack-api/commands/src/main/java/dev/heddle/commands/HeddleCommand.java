package dev.heddle.commands;

import dev.heddle.commands.connect.ConnectCommand;
import dev.heddle.commands.ping.PingCommand;
import dev.heddle.commands.services.ServicesCommand;
import dev.heddle.commands.ss.SsCommand;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What {@code bin/heddle} passes on: all commands but {@code run}, which starts a JVM that is the program's. */
@Command(
        name = "bin/heddle",
        subcommands = {ServicesCommand.class, PingCommand.class, ConnectCommand.class, SsCommand.class})
public final class HeddleCommand {

    @SuppressWarnings("UnusedVariable") // set by picocli
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = CommandLine.ScopeType.INHERIT,
            description = "Show this text.")
    private boolean help;

    private HeddleCommand() {}

    /** Runs a command to its end, whose status is the process's. */
    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The commands, which answer in one line what is wrong. */
    public static CommandLine commandLine() {
        CommandLine commands = new CommandLine(new HeddleCommand());
        commands.setParameterExceptionHandler((e, arguments) -> {
            complain(
                    e.getCommandLine(),
                    e.getMessage() + " (see "
                            + e.getCommandLine().getCommandSpec().qualifiedName() + " --help)");
            return Refusal.USAGE;
        });
        commands.setExecutionExceptionHandler((e, commandLine, result) -> {
            if (!OpenStack.processEnds()) {
                complain(commandLine, e.getMessage() == null ? e.toString() : e.getMessage());
            }
            return e instanceof Refusal refusal ? refusal.status() : Refusal.FAILED;
        });
        return commands;
    }

    private static void complain(CommandLine commandLine, String message) {
        PrintWriter err = commandLine.getErr();
        err.println("heddle: " + message.lines().findFirst().orElse(""));
        err.flush();
    }
}
