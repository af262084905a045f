package dev.heddle.core.tcp;

import dev.heddle.core.tcp.recovery.DeliveryRateEstimator;

/**
 * What a sender at rest still knows of what it has sent: figures that only ever grow for those who ask ({@link TcpInfo}), and
 * the latest rate.
 */
record SendHistory(
        SendTimes times,
        LossCounts counts,
        boolean reorderingSeen,
        long deliveredBytes,
        long rateBytesPerSecond,
        boolean rateApplicationLimited) {

    /** Of a sender that has sent nothing yet. */
    static SendHistory none() {
        return new SendHistory(new SendTimes(), new LossCounts(), false, 0, 0, false);
    }

    /** Up to now, with {@code before} what went before {@code transmission} was made. */
    static SendHistory of(SendHistory before, Transmission transmission) {
        LossRecovery recovery = transmission.recovery();
        DeliveryRateEstimator estimator = recovery.records().deliveryRate();
        return new SendHistory(
                before.times,
                before.counts,
                before.reorderingSeen || recovery.rack().isReorderingSeen(),
                estimator.deliveredBytes(),
                estimator.bytesPerSecond(),
                estimator.isRateApplicationLimited());
    }

    /** Sending goes on after a rest. */
    void goOn(DeliveryRateEstimator estimator) {
        if (deliveredBytes > 0) {
            estimator.goOnFrom(deliveredBytes, rateBytesPerSecond, rateApplicationLimited);
        }
    }
}
