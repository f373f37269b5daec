package io.miroir.store.index;

import io.miroir.store.seal.Seals;
import java.util.List;
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
 * @param standing where its nodes stand with them
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
        Standing standing,
        long createdAt,
        long updatedAt) {

    /**
     * Where an index's nodes stand with its settings.
     *
     * @param unsettled nodes that have other settings than those in force, or may have; by id
     * @param leadingGroup the replica group that is brought to other settings before these are in
     *     force; null while none is
     * @param frozen why writes are refused; null while they are not
     */
    public record Standing(
            List<String> unsettled, @Nullable Integer leadingGroup, @Nullable String frozen) {
        /** All nodes have the settings in force. */
        public static final Standing SETTLED = new Standing(List.of(), null, null);

        public Standing {
            unsettled = List.copyOf(unsettled);
        }
    }

    /** The same row, its secrets open as far as they can be. */
    public IndexRow opened(Seals seals) {
        return withSettings(seals.openJson(settingsJson));
    }

    /** The same row with its settings written otherwise. */
    public IndexRow withSettings(String otherJson) {
        return new IndexRow(
                uid,
                incarnation,
                physicalUid,
                primaryKey,
                shards,
                otherJson,
                settingsVersion,
                standing,
                createdAt,
                updatedAt);
    }

    /** The name under which nodes hold an incarnation. */
    public static String physicalUid(long incarnation) {
        return "m" + incarnation;
    }
}
