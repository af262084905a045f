package dev.heddle.jfr;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

@Name("dev.heddle.DataDropped")
@Label("Data Dropped")
@Description("What a peer of a connection has sent was dropped; it will come again")
final class DataDroppedEvent extends ConnectionEvent {

    @Label("Why")
    @Description("The counter of nstat under which it was counted")
    String why = "";

    @Label("Bytes")
    @DataAmount
    long bytes;
}
