package dev.heddle.core.tcp;

import dev.heddle.core.tcp.ConnectionTimers.Kind;

/** Whether an idle peer is still there (RFC 9293 3.8.4, MAY-5). */
final class KeepAlive {

    private long lastArrivalNs;
    private int probes;

    KeepAlive(long nowNs) {
        lastArrivalNs = nowNs;
    }

    int probes() {
        return probes;
    }

    long lastArrivalNs() {
        return lastArrivalNs;
    }

    /** The peer has sent something that is in the window and acknowledges what it can. */
    void peerHeard(long nowNs) {
        lastArrivalNs = nowNs;
        probes = 0;
    }

    /** The timer expired: waits on, probes, or gives the peer up. */
    void timerExpired(Tcb tcb, long nowNs) {
        ConnectionOptions options = tcb.options();
        if (!options.keepAlive() || !tcb.state().isSynchronized() || tcb.state() == TcpState.TIME_WAIT) {
            return;
        }
        // RFC 9293 MUST-26
        long idleUntilNs = lastArrivalNs + options.keepIdleNs();
        if (nowNs < idleUntilNs || tcb.sender().hasOutstanding()) {
            // Data in flight is a probe of its own.
            tcb.timers().arm(Kind.KEEPALIVE, Math.max(idleUntilNs, nowNs + options.keepIntervalNs()));
            return;
        }
        long timeoutNs = tcb.userTimeout().timeoutNs(tcb.rtt().rtoNs());
        // A user timeout takes the place of the number, as on Linux; RFC 5482 4.2 forbids to be quicker than it. But
        // where
        // it is over before the first probe goes, one without an answer means nothing all the same (RFC 9293 MUST-29).
        boolean over = timeoutNs > 0 ? probes > 1 && nowNs - lastArrivalNs >= timeoutNs : probes >= options.keepCount();
        if (over) {
            tcb.emitter().reset();
            tcb.timedOut();
            return;
        }
        probes++;
        if (probes >= tcb.context().config().problemRetries()) {
            // As for data (RFC 9293 MUST-20 (b)): perhaps another way leads to the peer.
            tcb.context().output().unanswered(tcb.pair(), tcb.sender().triedNs(), nowNs);
        }
        tcb.sender().tryAgain(nowNs);
        tcb.count(TcpCounter.TcpExtTCPKeepAlive);
        tcb.emitter().keepAliveProbe(nowNs);
        // Who wants to know soon does not wait for the second probe any longer than that.
        long soonNs = timeoutNs > 0 ? Math.max(timeoutNs, tcb.rtt().rtoNs()) : options.keepIntervalNs();
        tcb.timers().arm(Kind.KEEPALIVE, nowNs + Math.min(soonNs, options.keepIntervalNs()));
    }
}
