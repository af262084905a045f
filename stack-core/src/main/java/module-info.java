/** The engine: wire formats, links, IP, ICMP, TCP, timers; no native code, and no thread but the pump's. */
module dev.heddle.core {
    requires transitive static org.jspecify;
    requires org.slf4j;

    exports dev.heddle.core.buffer;
    exports dev.heddle.core.counter;
    exports dev.heddle.core.host;
    exports dev.heddle.core.icmp;
    exports dev.heddle.core.ip;
    exports dev.heddle.core.link;
    exports dev.heddle.core.sim;
    exports dev.heddle.core.tcp;
    exports dev.heddle.core.tcp.congestion;
    exports dev.heddle.core.time;
    exports dev.heddle.core.udp;
    exports dev.heddle.core.wire;

    uses dev.heddle.core.link.LinkProvider;
}
