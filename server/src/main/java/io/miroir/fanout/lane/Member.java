package io.miroir.fanout.lane;

/**
 * A write that is intended and not yet bound.
 *
 * @param write who waits for it
 * @param item what it does, closed by whoever made it
 */
record Member(Waiting write, Item item, Place place) {
    /** The same, of fewer replicas. */
    Member within(Scope fewer) {
        return new Member(write, item.within(fewer), place);
    }

    /** The same, as part of a request that holds others as well. */
    Member counting(long documents) {
        return new Member(write, item.counting(documents), place);
    }
}
