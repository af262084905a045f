/** Simulated networks as an extension of JUnit 5. */
module dev.heddle.junit {
    requires transitive dev.heddle.net;
    requires transitive static org.jspecify;
    requires transitive org.junit.jupiter.api;

    exports dev.heddle.junit;
}
