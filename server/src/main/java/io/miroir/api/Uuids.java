package io.miroir.api;

import java.time.InstantSource;
import java.util.UUID;
import java.util.random.RandomGenerator;

/** Makes UUIDs of version 4 (random) and 7 (time, then random). */
public final class Uuids {
    private static final long VERSION_MASK = 0xFFFF_FFFF_FFFF_0FFFL;
    private static final long VARIANT_MASK = 0x3FFF_FFFF_FFFF_FFFFL;
    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final int VERSION_SHIFT = 12;
    private static final int TIME_SHIFT = 16;

    private final RandomGenerator random;
    private final InstantSource clock;

    /** UUIDs of that random, which must be unguessable where they are to be. */
    public Uuids(RandomGenerator random, InstantSource clock) {
        this.random = random;
        this.clock = clock;
    }

    /** A random UUID. */
    public String random() {
        return uuid(random.nextLong(), 4);
    }

    /** A UUID that begins with the time. */
    public String timed() {
        long random12 = random.nextLong() & 0xFFF;
        return uuid((clock.millis() << TIME_SHIFT) | random12, 7);
    }

    private String uuid(long high, long version) {
        long most = (high & VERSION_MASK) | (version << VERSION_SHIFT);
        long least = (random.nextLong() & VARIANT_MASK) | VARIANT;
        return new UUID(most, least).toString();
    }
}
