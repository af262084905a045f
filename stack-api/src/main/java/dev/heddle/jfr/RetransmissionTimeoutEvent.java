package dev.heddle.jfr;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;

@Name("dev.heddle.RetransmissionTimeout")
@Label("Retransmission Timeout")
@Description("The retransmission timer has expired")
final class RetransmissionTimeoutEvent extends ConnectionEvent {

    @Label("Retransmission Timeout")
    @Timespan
    long rto;

    @Label("Unanswered")
    @Description("How often it has expired without an answer, this time included")
    int unanswered;

    @Label("Outstanding Bytes")
    @DataAmount
    long outstandingBytes;
}
