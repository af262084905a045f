package dev.heddle.it;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.testcontainers.DockerClientFactory;

/** Skips what needs a Docker engine with the tests' image, and says what is missing. */
final class DockerCondition implements ExecutionCondition {

    /** Made from Debian's packages by {@code bin/test-image}. */
    static final String IMAGE = "heddle-test/curl:latest";

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        String missing = missing();
        if (missing == null) {
            return ConditionEvaluationResult.enabled("a Docker engine with " + IMAGE);
        }
        if (context.getTestMethod().isEmpty()) {
            System.err.println(context.getDisplayName() + " skipped: " + missing);
        }
        return ConditionEvaluationResult.disabled(missing);
    }

    private static @Nullable String missing() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            return "needs a Docker engine";
        }
        boolean present = DockerClientFactory.lazyClient().listImagesCmd().exec().stream()
                .anyMatch(image -> image.getRepoTags() != null
                        && java.util.List.of(image.getRepoTags()).contains(IMAGE));
        return present ? null : "needs the image " + IMAGE + ": bin/test-image builds it";
    }
}
