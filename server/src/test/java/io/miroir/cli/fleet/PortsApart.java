package io.miroir.cli.fleet;

import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/**
 * Ports for tests. JVMs that run tests at the same time look for them in different ranges: what is
 * chosen is bound later, and is free for a while where a pod starts again.
 */
public final class PortsApart {
    private static final int JVMS_MAX = 4;

    /** Surefire counts its JVMs from 1. */
    private static final int JVM = Integer.getInteger("surefire.forkNumber", 1);

    private PortsApart() {}

    /** Ports that no other JVM is given. */
    public static Ports make() {
        return new Ports(new Share(new SecureRandom()));
    }

    /** Of each range the part of this JVM. */
    private record Share(RandomGenerator all) implements RandomGenerator {
        @Override
        public long nextLong() {
            return all.nextLong();
        }

        @Override
        public int nextInt(int origin, int bound) {
            int length = (bound - origin) / JVMS_MAX;
            int first = origin + JVM % JVMS_MAX * length;
            return all.nextInt(first, first + length);
        }
    }
}
