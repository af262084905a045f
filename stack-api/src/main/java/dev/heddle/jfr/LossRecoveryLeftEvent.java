package dev.heddle.jfr;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

@Name("dev.heddle.LossRecoveryLeft")
@Label("Loss Recovery Left")
@Description("The repair of losses is over")
final class LossRecoveryLeftEvent extends ConnectionEvent {

    @Label("Outcome")
    @Description("REPAIRED, FOR_NOTHING if nothing was lost, TIMED_OUT, or CONNECTION_ENDED")
    String outcome = "";

    @Label("Congestion Window")
    @DataAmount
    long congestionWindow;
}
