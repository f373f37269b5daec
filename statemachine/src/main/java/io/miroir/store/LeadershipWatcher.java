package io.miroir.store;

/** Starts and stops what only the leader may do. Calls come one after the other on one thread. */
public interface LeadershipWatcher {

    /** This pod leads and has applied all earlier terms; {@code term} fences what it does. */
    void leading(long term);

    /** This pod does not lead (any more). */
    void following();
}
