package dev.heddle.net;

import java.util.List;

/** The networks that keep the contract of {@link SocketContract}. */
enum ContractNetwork {
    JDK {
        @Override
        Network open() {
            return new Network.Loopback();
        }
    },
    HEDDLE_IPV4 {
        @Override
        Network open() {
            return Network.Kind.HEDDLE_IPV4.open();
        }
    },
    HEDDLE_IPV6_OFFLOADING {
        @Override
        Network open() {
            return Network.Kind.HEDDLE_IPV6_OFFLOADING.open();
        }
    },
    HEDDLE_LOOPBACK {
        @Override
        Network open() {
            return new OneStack();
        }
    },
    /** The JVM's own sockets, which are those of a stack: in a JVM of its own. */
    HEDDLE_INSTALLED {
        @Override
        Network open() {
            return new Network.DefaultStackLoopback();
        }
    };

    abstract Network open();

    /** Those that this JVM can have: once a stack was installed, the kernel's sockets are out of reach. */
    static List<ContractNetwork> ofThisJvm() {
        return Network.WHOLE_JVM
                ? List.of(HEDDLE_INSTALLED)
                : List.of(JDK, HEDDLE_IPV4, HEDDLE_IPV6_OFFLOADING, HEDDLE_LOOPBACK);
    }
}
