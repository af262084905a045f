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
@Description("A packet came in and went nowhere")
@Category("Heddle")
@StackTrace(false)
final class PacketDroppedEvent extends Event {

    @Label("Why")
    @Description("What was wrong with it, or the counter of nstat under which it was counted")
    String why = "";

    @Label("Interface")
    @Nullable String interfaceName;

    @Label("Source")
    @Description("Unknown if its header cannot be believed")
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
