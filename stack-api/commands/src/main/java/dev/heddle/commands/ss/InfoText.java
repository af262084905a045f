package dev.heddle.commands.ss;

import java.util.Locale;

/** A connection's figures as {@code ss -i} prints them. */
final class InfoText {

    private static final double NANOSECONDS_PER_MILLISECOND = 1e6;
    private static final long NONE = Long.MAX_VALUE;

    private final Fields fields;
    private final long nowNs;
    private final StringBuilder text = new StringBuilder();

    private InfoText(Fields fields, long nowNs) {
        this.fields = fields;
        this.nowNs = nowNs;
    }

    /**
     * The line of one connection.
     *
     * @param nowNs the stack's clock when it told them
     */
    static String of(Fields fields, long nowNs) {
        return new InfoText(fields, nowNs).text();
    }

    private String text() {
        long mss = fields.number("sending.mssBytes");
        flag("negotiated.timestamps", "ts");
        flag("negotiated.sack", "sack");
        flag("negotiated.ecn", "ecn");
        word(fields.text("congestion.algorithm"));
        if (fields.flag("negotiated.windowScaling")) {
            word("wscale:" + fields.text("negotiated.sendShift") + "," + fields.text("negotiated.receiveShift"));
        }
        milliseconds("rto", "timing.rtoNs");
        count("backoff", "trouble.backOffs");
        if (fields.number("timing.rttNs") > 0) {
            word("rtt:" + ms(fields.number("timing.rttNs")) + "/" + ms(fields.number("timing.rttVarNs")));
        }
        milliseconds("ato", "timing.delayedAckNs");
        count("mss", "sending.mssBytes");
        count("pmtu", "path.mtu");
        count("rcvmss", "receiving.mssBytes");
        count("advmss", "receiving.advertisedMssBytes");
        segments("cwnd", "congestion.windowBytes", mss);
        segments("ssthresh", "congestion.thresholdBytes", mss);
        count("bytes_sent", "traffic.sentBytes");
        count("bytes_retrans", "traffic.retransmittedBytes");
        count("bytes_acked", "traffic.acknowledgedBytes");
        count("bytes_received", "traffic.receivedBytes");
        count("segs_out", "traffic.segmentsSent");
        count("segs_in", "traffic.segmentsReceived");
        count("data_segs_out", "traffic.dataSegmentsSent");
        count("data_segs_in", "traffic.dataSegmentsReceived");
        if (fields.number("timing.rttNs") > 0 && fields.number("congestion.windowBytes") > 0) {
            double perSecond = 1e9 / fields.number("timing.rttNs");
            word("send " + rate(fields.number("congestion.windowBytes") * perSecond));
        }
        ago("lastsnd", "timing.lastDataSentAtNs");
        ago("lastrcv", "timing.lastDataReceivedAtNs");
        ago("lastack", "timing.lastArrivalAtNs");
        rate("pacing_rate", "congestion.pacingRateBytesPerSecond");
        rate("delivery_rate", "congestion.deliveryRateBytesPerSecond");
        flag("congestion.deliveryRateApplicationLimited", "app_limited");
        segments("delivered", "traffic.deliveredBytes", mss);
        milliseconds("busy", "timing.busyNs");
        milliseconds("rwnd_limited", "timing.receiveWindowLimitedNs");
        milliseconds("sndbuf_limited", "timing.sendBufferLimitedNs");
        segments("unacked", "sending.unacknowledgedBytes", mss);
        segments("retrans", "loss.retransmittedInFlightBytes", mss);
        count("retrans_total", "loss.retransmittedSegments");
        segments("lost", "loss.lostBytes", mss);
        segments("sacked", "loss.sackedBytes", mss);
        count("dsack_dups", "loss.duplicateReports");
        count("reord_seen", "loss.reorderings");
        milliseconds("rcv_rtt", "timing.receiveRttNs");
        count("rcv_space", "receiving.takenBytes");
        count("rcv_ssthresh", "receiving.bufferBytes");
        count("notsent", "sending.unsentBytes");
        count("rcv_ooopack", "receiving.outOfOrderSegments");
        count("snd_wnd", "sending.windowBytes");
        count("rcv_wnd", "receiving.windowBytes");
        if (fields.number("timing.minRttNs") != NONE) {
            milliseconds("minrtt", "timing.minRttNs");
        }
        return text.toString();
    }

    private void word(String word) {
        if (!word.isEmpty()) {
            text.append(text.isEmpty() ? "" : " ").append(word);
        }
    }

    private void flag(String field, String name) {
        word(fields.flag(field) ? name : "");
    }

    /** What is 0 is left out, as ss does. */
    private void count(String name, String field) {
        long value = fields.number(field);
        word(value == 0 ? "" : name + ":" + value);
    }

    /** In segments of the MSS, rounded up, as Linux counts. */
    private void segments(String name, String field, long mss) {
        long bytes = fields.number(field);
        word(bytes == 0 || bytes == NONE || mss == 0 ? "" : name + ":" + (bytes + mss - 1) / mss);
    }

    private void milliseconds(String name, String field) {
        long ns = fields.number(field);
        word(ns == 0 ? "" : name + ":" + ms(ns) + (name.equals("busy") || name.endsWith("_limited") ? "ms" : ""));
    }

    private void ago(String name, String field) {
        long atNs = fields.number(field);
        word(atNs == 0 ? "" : name + ":" + Math.round((nowNs - atNs) / NANOSECONDS_PER_MILLISECOND));
    }

    private void rate(String name, String field) {
        long bytesPerSecond = fields.number(field);
        word(bytesPerSecond == 0 || bytesPerSecond == NONE ? "" : name + " " + rate((double) bytesPerSecond));
    }

    /** Milliseconds with as many decimals as they have, three at most. */
    private static String ms(long ns) {
        String text = String.format(Locale.ROOT, "%.3f", ns / NANOSECONDS_PER_MILLISECOND);
        return text.replaceAll("\\.?0+$", "");
    }

    /** Bits, as ss writes them: {@code 1.46Gbps}. */
    private static String rate(double bytesPerSecond) {
        double bits = 8 * bytesPerSecond;
        String unit = bits >= 1e9 ? "G" : bits >= 1e6 ? "M" : bits >= 1e3 ? "k" : "";
        double value = bits / (bits >= 1e9 ? 1e9 : bits >= 1e6 ? 1e6 : bits >= 1e3 ? 1e3 : 1);
        return String.format(Locale.ROOT, "%.3g%sbps", value, unit);
    }
}
