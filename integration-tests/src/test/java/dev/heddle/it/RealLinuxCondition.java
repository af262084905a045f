package dev.heddle.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** See {@link RealLinux}. */
final class RealLinuxCondition implements ExecutionCondition {

    private static final List<String> TOOLS = List.of("ip", "curl", "ping", "bash");

    private static final @Nullable String MISSING = missing();

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (MISSING == null) {
            return ConditionEvaluationResult.enabled("root on Linux with TUN");
        }
        if (context.getTestMethod().isEmpty()) {
            System.err.println(context.getDisplayName() + " skipped: " + MISSING);
        }
        return ConditionEvaluationResult.disabled(MISSING);
    }

    private static @Nullable String missing() {
        if (!Files.exists(Path.of("/proc/self/ns/net"))) {
            return "needs Linux with network namespaces";
        }
        if (!isRoot()) {
            return "needs root, to make network namespaces and TUN interfaces";
        }
        if (!Files.exists(Path.of("/dev/net/tun"))) {
            return "needs /dev/net/tun";
        }
        for (String tool : TOOLS) {
            if (Stream.of(System.getenv("PATH").split(":", -1))
                    .noneMatch(directory -> Files.isExecutable(Path.of(directory, tool)))) {
                return "needs the program " + tool;
            }
        }
        return null;
    }

    private static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }
}
