/** Links over Linux's {@code /dev/net/tun}. */
module dev.heddle.tun {
    requires transitive dev.heddle.core;
    requires transitive static org.jspecify;
    requires com.sun.jna;
    requires org.slf4j;

    exports dev.heddle.tun;

    provides dev.heddle.core.link.LinkProvider with
            dev.heddle.tun.TunLinkProvider;
}
