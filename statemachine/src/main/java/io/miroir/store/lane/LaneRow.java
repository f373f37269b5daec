package io.miroir.store.lane;

/**
 * The order of one index's writes.
 *
 * @param lane the index uid
 * @param owner id of the pod that runs it
 * @param epoch grows with every claim of any lane, never reused
 * @param nextPosition the next item's number, from 1
 * @param claimedAt store time
 */
public record LaneRow(String lane, String owner, long epoch, long nextPosition, long claimedAt) {}
