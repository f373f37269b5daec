package io.miroir.edge;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The store's times, epoch microseconds, as instants. */
final class StoreTime {
    private StoreTime() {}

    static Instant instant(long epochMicros) {
        return Instant.EPOCH.plus(epochMicros, ChronoUnit.MICROS);
    }

    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
