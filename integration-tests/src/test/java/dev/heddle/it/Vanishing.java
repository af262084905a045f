package dev.heddle.it;

/** How a peer can vanish. */
enum Vanishing {
    LINK_DOWN {
        @Override
        void vanish(TwoHosts hosts) {
            hosts.linkDown();
        }

        @Override
        void comeBack(TwoHosts hosts) {
            hosts.linkUp();
        }
    },
    /** Everything goes into the dark behind a link that works. */
    SILENCE {
        @Override
        void vanish(TwoHosts hosts) {
            Namespace namespace = hosts.namespace();
            namespace.nft("add table inet dark");
            namespace.nft("add chain inet dark in { type filter hook input priority 0; policy drop; }");
            namespace.nft("add chain inet dark out { type filter hook output priority 0; policy drop; }");
        }

        @Override
        void comeBack(TwoHosts hosts) {
            hosts.namespace().nft("delete table inet dark");
        }
    };

    abstract void vanish(TwoHosts hosts);

    abstract void comeBack(TwoHosts hosts);
}
