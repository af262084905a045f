package dev.heddle.core.tcp;

import dev.heddle.core.tcp.ConnectionTimers.Kind;
import dev.heddle.core.time.Clock;

/** What happens when a connection's timers expire (RFC 9293 3.10.8), and when they run. */
final class TimerExpiry {

    private TimerExpiry() {}

    /** Runs the timers that are due. */
    static void process(Tcb tcb, long nowNs) {
        ConnectionTimers timers = tcb.timers();
        if (timers.takeIfDue(Kind.REORDERING, nowNs)) {
            tcb.sender().reorderingTimerExpired(nowNs);
        }
        if (timers.takeIfDue(Kind.LOSS_PROBE, nowNs)) {
            // RFC 8985 7.3: whether a probe goes or not, the RTO is armed anew.
            timers.cancel(Kind.RETRANSMIT);
            tcb.sender().probeTimerExpired();
        }
        if (timers.takeIfDue(Kind.RETRANSMIT, nowNs)) {
            retransmissionTimeout(tcb, nowNs);
        }
        if (timers.takeIfDue(Kind.PERSIST, nowNs)
                && !givenUp(tcb, nowNs)
                && !tcb.sender().probe(tcb.closing().finQueued(), nowNs)) {
            tcb.outputRefused();
        }
        Receiver receiver = tcb.receiverIfAny();
        if (timers.takeIfDue(Kind.DELAYED_ACK, nowNs) && receiver != null && receiver.ackOwed()) {
            tcb.count(TcpCounter.TcpExtDelayedACKs);
            receiver.requireAck();
        }
        // Sending is the flush's work.
        timers.takeIfDue(Kind.PACING, nowNs);
        if (timers.takeIfDue(Kind.CORK, nowNs)) {
            tcb.sender().cork().release(tcb.sender().tail());
        }
        if (timers.takeIfDue(Kind.REST, nowNs)) {
            tcb.sender().rest(tcb.closing().finQueued(), nowNs);
        }
        if (timers.takeIfDue(Kind.KEEPALIVE, nowNs)) {
            tcb.keepAlive().timerExpired(tcb, nowNs);
        }
        if (timers.takeIfDue(Kind.LINGER, nowNs)) {
            tcb.fail(Failure.NONE);
        }
    }

    private static void retransmissionTimeout(Tcb tcb, long nowNs) {
        if (tcb.sendSequence().una > 0) {
            if (!givenUp(tcb, nowNs)) {
                tcb.sender().timedOut(nowNs);
                PathMtuDiscovery discovery = tcb.sender().pathMtuDiscovery();
                if (discovery != null) {
                    discovery.timedOut(tcb);
                }
            }
            return;
        }
        int most = isActiveOpen(tcb)
                ? tcb.options().synRetries()
                : tcb.context().config().synAckRetries();
        if (nowNs >= attemptDeadlineNs(tcb) || tcb.rtt().backOffs() >= most) {
            tcb.count(TcpCounter.TcpAttemptFails);
            tcb.timedOut();
            return;
        }
        if (tcb.rtt().backOffs() + 1 >= tcb.context().config().problemRetries()) {
            firstThresholdReached(tcb, nowNs);
        }
        tcb.sender().tryAgain(nowNs);
        tcb.handshake().retransmit();
        tcb.count(TcpCounter.TcpExtTCPSynRetrans);
        tcb.count(TcpCounter.TcpRetransSegs);
        TcpEvents events = tcb.context().events();
        if (events.isWanted()) {
            int iss = tcb.sendSequence().wire(0);
            events.happened(new TcpEvent.TimedOut(tcb.rtt().rtoNs(), tcb.rtt().backOffs() + 1, 0));
            events.happened(new TcpEvent.Retransmitted(iss, 0, TcpCounter.TcpExtTCPSynRetrans));
        }
        tcb.rtt().backOff();
    }

    private static boolean isActiveOpen(Tcb tcb) {
        return tcb.state() == TcpState.SYN_SENT;
    }

    /** When the SYN that goes out now is due again. */
    static long synDeadlineNs(Tcb tcb, long nowNs) {
        return Math.min(nowNs + tcb.rtt().rtoNs(), attemptDeadlineNs(tcb));
    }

    /** As on Linux, the application's own user timeout ends an attempt, too. */
    private static long attemptDeadlineNs(Tcb tcb) {
        long timeoutNs = tcb.options().userTimeoutNs();
        return timeoutNs == 0 || !isActiveOpen(tcb)
                ? Clock.NEVER
                : tcb.handshake().startedNs() + timeoutNs;
    }

    /** R1 and R2 of RFC 9293 3.8.3, and what is too much to bear for one peer. */
    private static boolean givenUp(Tcb tcb, long nowNs) {
        TcpConfig config = tcb.context().config();
        boolean orphan = tcb.closing().isOrphan();
        if (tcb.sender().stalls(tcb.closing().finQueued(), nowNs).isUnbearable(tcb, nowNs)
                || orphan && tcb.closing().isTooMuch()) {
            tcb.count(TcpCounter.TcpExtTCPAbortOnMemory);
            tcb.closing().abort();
            return true;
        }
        int unanswered = tcb.sender().unanswered();
        if (unanswered + 1 >= config.problemRetries()) {
            // What is about to be sent is the R1th retransmission.
            firstThresholdReached(tcb, nowNs);
        }
        long deadlineNs = userTimeoutDeadlineNs(tcb);
        boolean over = nowNs >= deadlineNs;
        if (orphan) {
            over |= unanswered >= config.orphanRetries();
        } else if (deadlineNs == Clock.NEVER) {
            // MUST-21: a user timeout takes the place of the number, be it less or more.
            over = unanswered >= config.dataRetries();
        }
        if (over) {
            tcb.timedOut();
        }
        return over;
    }

    /** RFC 9293 MUST-20 (b), SHLD-9: IP and the application are told. */
    private static void firstThresholdReached(Tcb tcb, long nowNs) {
        tcb.softErrors().unanswered();
        tcb.context().output().unanswered(tcb.pair(), tcb.sender().triedNs(), nowNs);
    }

    private static long userTimeoutDeadlineNs(Tcb tcb) {
        if (!tcb.sender().hasOutstanding()) {
            // RFC 5482 3: it is for what was transmitted, not for what waits for the peer's window.
            return Clock.NEVER;
        }
        return tcb.userTimeout()
                .deadlineNs(tcb.sender().unansweredSinceNs(), tcb.rtt().rtoNs());
    }

    /** Sets the timers of an open connection after everything that could be sent has been sent. */
    static void arm(Tcb tcb, long nowNs) {
        if (tcb.state() == TcpState.TIME_WAIT) {
            return;
        }
        ConnectionTimers timers = tcb.timers();
        Sender sender = tcb.sender();
        if (sender.needsProbe(tcb.closing().finQueued())) {
            timers.cancel(Kind.RETRANSMIT);
            timers.cancel(Kind.REORDERING);
            timers.cancel(Kind.LOSS_PROBE);
            if (!timers.isArmed(Kind.PERSIST)) {
                timers.arm(Kind.PERSIST, retransmissionDeadlineNs(tcb, nowNs));
            }
        } else {
            timers.cancel(Kind.PERSIST);
            armRetransmission(tcb, nowNs);
        }
        if (sender.isPaced(nowNs)) {
            timers.arm(Kind.PACING, sender.pacedUntilNs());
        } else {
            timers.cancel(Kind.PACING);
        }
        if (!tcb.receiver().ackOwed()) {
            timers.cancel(Kind.DELAYED_ACK);
        } else if (!timers.isArmed(Kind.DELAYED_ACK)) {
            timers.arm(Kind.DELAYED_ACK, nowNs + tcb.context().config().delayedAckNs());
        }
        timers.arm(Kind.CORK, sender.cork().deadlineNs());
        if (sender.isIdle(tcb.closing().finQueued()) && !timers.isArmed(Kind.REST)) {
            // Never due at once: it was long ago that data was sent if its acknowledgment came late.
            timers.arm(Kind.REST, Math.max(nowNs + 1, sender.restDeadlineNs()));
        }
        if (tcb.options().keepAlive() && !timers.isArmed(Kind.KEEPALIVE)) {
            timers.arm(Kind.KEEPALIVE, nowNs + tcb.options().keepIdleNs());
        }
    }

    /** One of three, as RFC 8985 8 has it: RACK's reordering timer, the probe's, or the retransmission timer. */
    private static void armRetransmission(Tcb tcb, long nowNs) {
        ConnectionTimers timers = tcb.timers();
        Sender sender = tcb.sender();
        long reorderingNs = sender.reorderingDeadlineNs();
        if (reorderingNs != Clock.NEVER) {
            timers.arm(Kind.REORDERING, reorderingNs);
            timers.cancel(Kind.RETRANSMIT);
            timers.cancel(Kind.LOSS_PROBE);
            return;
        }
        timers.cancel(Kind.REORDERING);
        if (!sender.hasOutstanding()) {
            // RFC 6298 5.2
            timers.cancel(Kind.RETRANSMIT);
        } else if (!timers.isArmed(Kind.RETRANSMIT)) {
            // RFC 6298 5.1
            timers.arm(Kind.RETRANSMIT, retransmissionDeadlineNs(tcb, nowNs));
        }
        long patienceNs = sender.takeRenegingPatienceNs();
        if (patienceNs > 0) {
            timers.arm(Kind.RETRANSMIT, Math.min(timers.deadline(Kind.RETRANSMIT), nowNs + patienceNs));
        }
        if (!sender.hasOutstanding() || !sender.mayScheduleProbe()) {
            timers.cancel(Kind.LOSS_PROBE);
        } else if (sender.takeProbeScheduleDue()) {
            // RFC 8985 7.2: a probe instead of the RTO, if that would come first.
            long probeNs = nowNs + sender.probeTimeoutNs();
            timers.arm(Kind.LOSS_PROBE, Math.min(probeNs, timers.deadline(Kind.RETRANSMIT)));
        }
    }

    /** After the RTO, but a user timeout does not wait for a timer that has backed off far. */
    private static long retransmissionDeadlineNs(Tcb tcb, long nowNs) {
        return Math.min(nowNs + tcb.rtt().rtoNs(), Math.max(nowNs, userTimeoutDeadlineNs(tcb)));
    }
}
