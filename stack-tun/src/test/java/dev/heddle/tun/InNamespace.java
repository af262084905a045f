package dev.heddle.tun;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs each test on a thread of its own in a fresh network and mount namespace, which the programs that it starts share and
 * which is gone when the test ends. Needs root and {@code /dev/net/tun}, which the tag says: where it runs, it must pass.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("tun")
@ExtendWith(NamespaceExtension.class)
@interface InNamespace {}
