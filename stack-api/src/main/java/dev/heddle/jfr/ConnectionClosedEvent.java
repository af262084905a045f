package dev.heddle.jfr;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;

@Name("dev.heddle.ConnectionClosed")
@Label("Connection Closed")
@Description("A connection has ended; these are its totals")
final class ConnectionClosedEvent extends ConnectionEvent {

    @Label("Reason")
    @Description("NONE for an orderly end")
    String reason = "";

    @Label("Bytes Acknowledged")
    @Description("Sent, and acknowledged by the peer")
    @DataAmount
    long bytesAcknowledged;

    @Label("Bytes Received")
    @DataAmount
    long bytesReceived;

    @Label("Bytes Retransmitted")
    @DataAmount
    long bytesRetransmitted;

    @Label("Segments Out")
    long segmentsOut;

    @Label("Segments In")
    long segmentsIn;

    @Label("Smoothed Round-Trip Time")
    @Timespan
    long smoothedRtt;

    @Label("Least Round-Trip Time")
    @Timespan
    long minRtt;

    @Label("Congestion Control")
    String congestionControl = "";
}
