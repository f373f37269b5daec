package io.miroir.store.scopedkey;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Rotation of the search UI's keys. The leader makes a new key on the nodes and rotates; pods say
 * which generation they use; once every live pod was seen with the new one, the leader deletes the
 * old key on the nodes and says so. A crash in between leaves a row that says what is left to do.
 *
 * <p>Caps: {@link #ROWS_MAX} indexes, {@link #SIGHTINGS_MAX} sightings. Keys live as long as they
 * are rotated; a sighting is over after {@link #SIGHTING_MICROS} unless it is renewed.
 */
public interface ScopedKeys {

    /**
     * Lets pods use another key.
     *
     * @param expectedGeneration the one that was read, 0 if there was none
     */
    Reply<Rotation> rotate(String indexUid, String newUid, long expectedGeneration);

    /**
     * A pod says which generations it uses, in one command for all its indexes; at best three times
     * in {@link #SIGHTING_MICROS}.
     *
     * @param generationByIndex at most {@link #SIGHTINGS_PER_COMMAND_MAX}
     */
    Reply<Integer> sighted(String podId, Map<String, Long> generationByIndex);

    /** The previous key is gone from the nodes; answers whether that was news. */
    Reply<Boolean> revoked(String indexUid, long generation);

    /** The key of an index and the one before it; empty before the first rotation. */
    Optional<ScopedKeyRow> get(ReadLevel level, String indexUid);

    /** By index. */
    List<ScopedKeyRow> list(ReadLevel level);

    /**
     * Whether the previous key may be deleted on the nodes. A pod that was seen with the current
     * generation never goes back to an older one, so an answer stays true; read it {@link
     * ReadLevel#LINEARIZABLE}.
     *
     * @param livePods ids of the pods that may be serving
     */
    Gate gate(ReadLevel level, String indexUid, Set<String> livePods);

    int ROWS_MAX = 10_000;

    int SIGHTINGS_MAX = 300_000;

    int SIGHTINGS_PER_COMMAND_MAX = 1_000;

    long SIGHTING_MICROS = 60_000_000;

    /** What came of a {@link #rotate}. */
    sealed interface Rotation {
        record Rotated(long generation) implements Rotation {}

        /** Another rotation came between. */
        record Changed(long generation) implements Rotation {}

        /** The key before the current one is not revoked yet. */
        record PreviousInUse() implements Rotation {}

        record Full(int rowsMax) implements Rotation {}
    }

    /** Whether the previous key may go. */
    sealed interface Gate {
        record Open(String previousUid, long generation) implements Gate {}

        /** These live pods were not seen with the current generation in time. */
        record WaitingFor(Set<String> pods) implements Gate {}

        record NothingToRevoke() implements Gate {}
    }
}
