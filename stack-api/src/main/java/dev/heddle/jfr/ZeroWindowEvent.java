package dev.heddle.jfr;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

@Name("dev.heddle.ZeroWindow")
@Label("Zero Window")
@Description("A receive window has closed")
final class ZeroWindowEvent extends ConnectionEvent {

    @Label("Side")
    @Description("OURS: the application does not read. PEERS: the peer does not")
    String side = "";
}
