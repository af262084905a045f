package dev.heddle.jfr;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Unsigned;

@Name("dev.heddle.Retransmission")
@Label("Retransmission")
@Description("Something was sent again")
final class RetransmissionEvent extends ConnectionEvent {

    @Label("Sequence Number")
    @Unsigned int sequence;

    @Label("Bytes")
    @DataAmount
    long bytes;

    @Label("Why")
    @Description("The counter of nstat under which it was counted")
    String why = "";
}
