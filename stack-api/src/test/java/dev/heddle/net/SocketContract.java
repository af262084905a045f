package dev.heddle.net;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A case of the contract that {@code java.net} sockets keep: it runs on every {@link ContractNetwork}, the JDK's own sockets
 * first, each time on a virtual and on a platform thread, and has the same outcome everywhere. It may ask for its {@link
 * Network}, which is made for it alone.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(SocketContractCases.class)
@interface SocketContract {

    /** The kinds of threads that the case is about. */
    BlockedCall.Threads[] threads() default {BlockedCall.Threads.VIRTUAL, BlockedCall.Threads.PLATFORM};
}
