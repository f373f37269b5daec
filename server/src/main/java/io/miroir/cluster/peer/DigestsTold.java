package io.miroir.cluster.peer;

import java.util.Map;

/** What a pod says that is asked for digests of its tables. */
public sealed interface DigestsTold {
    /**
     * They are these.
     *
     * @param sha256ByTable by the tables' names
     * @param proven whether that pod knows that its tables are right
     */
    record Told(Map<String, String> sha256ByTable, boolean proven) implements DigestsTold {}

    /** There is no use in asking it: it can't tell, or its tables have other columns. */
    record Incomparable(String why) implements DigestsTold {}

    /** Not now: it is down, starts, is busy, or is behind. */
    record NotNow(String why) implements DigestsTold {}
}
