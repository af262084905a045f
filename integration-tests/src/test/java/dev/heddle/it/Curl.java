package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.it.peer.GeneratedContent;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A run of Debian's {@code curl} in a namespace. */
final class Curl {

    private final Namespace namespace;
    private final List<String> words = new ArrayList<>(List.of("curl", "--silent", "--show-error", "--globoff"));
    private Duration timeout = Duration.ofSeconds(60);
    private Command.Input input = out -> {};

    Curl(Namespace namespace, List<String> arguments) {
        this.namespace = namespace;
        words.addAll(arguments);
    }

    /** The same with more arguments. */
    Curl with(String... arguments) {
        return with(List.of(arguments));
    }

    Curl with(List<String> arguments) {
        words.addAll(arguments);
        return this;
    }

    Curl timeout(Duration limit) {
        timeout = limit;
        return this;
    }

    /** What it finds on its standard input. */
    Curl input(Command.Input source) {
        input = source;
        return this;
    }

    private Command command() {
        return namespace.command(words).timeout(timeout).input(input);
    }

    /** Runs it whatever its exit code. */
    Command.Result run() {
        return command().run();
    }

    /** Runs it; it must succeed. */
    String output() {
        Command.Result result = run();
        assertThat(result.exitCode()).as("%s: %s", this, result.errors()).isZero();
        return result.output();
    }

    /** Runs it and returns the SHA-256 of what it wrote, which is not kept; it must succeed. */
    String digest() {
        DigestOutputStream digest = new DigestOutputStream(OutputStream.nullOutputStream(), GeneratedContent.digest());
        Command.Result result = command().run(digest);
        assertThat(result.exitCode()).as("%s: %s", this, result.errors()).isZero();
        return GeneratedContent.hex(digest.getMessageDigest());
    }

    @Override
    public String toString() {
        return String.join(" ", words);
    }
}
