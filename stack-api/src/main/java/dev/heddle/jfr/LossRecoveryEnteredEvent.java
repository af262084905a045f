package dev.heddle.jfr;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

@Name("dev.heddle.LossRecoveryEntered")
@Label("Loss Recovery Entered")
@Description("Losses are being repaired")
final class LossRecoveryEnteredEvent extends ConnectionEvent {

    @Label("Loss")
    @Description("REPORTED by acknowledgments, or a TIMEOUT")
    String loss = "";

    @Label("Bytes in Flight")
    @DataAmount
    long bytesInFlight;

    @Label("Congestion Window")
    @Description("After the reduction")
    @DataAmount
    long congestionWindow;

    @Label("Slow Start Threshold")
    @DataAmount
    long slowStartThreshold;
}
