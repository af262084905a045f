package dev.heddle.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

@Name("dev.heddle.PacketDropped")
@Label("Packet Dropped")
@Description("A packet came in and went nowhere, or was to go out and did not")
@Category("Heddle")
@StackTrace(false)
final class PacketDroppedEvent extends Event {

    @Label("Direction")
    @Description("IN or OUT")
    String direction = "";

    @Label("Why")
    @Description("What was wrong with it, or the counter of nstat under which it was counted")
    String why = "";

    @Label("Interface")
    @Description("Where it came in, or was to go out")
    @Nullable String interfaceName;

    @Label("Source")
    @Description("Unknown if its header cannot be believed, or was not written yet")
    @Nullable String source;

    @Label("Destination")
    @Nullable String destination;

    @Label("Protocol")
    @Description("Of the transport; -1 if its header cannot be believed")
    int protocol;

    @Label("Bytes")
    @DataAmount
    int bytes;
}
