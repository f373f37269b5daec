package io.miroir.store.index;

import org.jspecify.annotations.Nullable;

/**
 * One index of the catalogue.
 *
 * @param uid the name that clients use
 * @param incarnation dense number, never given to another index
 * @param physicalUid the only name that nodes see: {@code m<incarnation>}
 * @param primaryKey field name, once chosen
 * @param shards number of shards, fixed for the incarnation
 * @param settingsJson the client's settings
 * @param settingsVersion counts commits of settings, from 0
 * @param createdAt store time, epoch microseconds
 * @param updatedAt store time of the last change of its documents or settings
 */
public record IndexRow(
        String uid,
        long incarnation,
        String physicalUid,
        @Nullable String primaryKey,
        int shards,
        String settingsJson,
        long settingsVersion,
        long createdAt,
        long updatedAt) {

    /** The name under which nodes hold an incarnation. */
    public static String physicalUid(long incarnation) {
        return "m" + incarnation;
    }
}
