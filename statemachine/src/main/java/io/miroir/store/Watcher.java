package io.miroir.store;

import java.util.List;

/**
 * Follows what this pod applies, in order. Calls come one after the other on one thread; a watcher
 * that falls behind its bounded ring loses events and gets {@link #resync} instead.
 */
public interface Watcher {

    /**
     * Changes of the commands up to {@code index}; rows carry their full new value, so an event
     * that is older than what was read at a resync only repeats a state that is soon overwritten.
     */
    void applied(long index, List<Change> changes);

    /**
     * Events were lost, or none came yet: read everything anew; events go on above {@code index}.
     */
    void resync(long index);
}
