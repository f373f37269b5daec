package io.miroir.cluster.member;

/** Waits between two questions of a pod that starts. */
final class Patience {
    private Patience() {}

    /**
     * @param what this pod does, for whoever ends it meanwhile
     */
    static void pause(long millis, String what) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartRefusedException("interrupted while " + what);
        }
    }
}
