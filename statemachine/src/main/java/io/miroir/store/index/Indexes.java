package io.miroir.store.index;

import io.miroir.store.ReadLevel;
import java.util.List;
import java.util.Optional;

/**
 * The index catalogue. It is changed by the effects of tasks only ({@link IndexEffect}), and by
 * what the owner of a lane finds of its nodes: an index has no life beside the tasks that made it.
 */
public interface Indexes {

    /** One index; empty if there is none. */
    Optional<IndexRow> get(ReadLevel level, String uid);

    /** All indexes by uid. */
    List<IndexRow> list(ReadLevel level);

    /** Indexes in the catalogue; the next creation is refused, those under way still end. */
    int ROWS_MAX = 10_000;

    /**
     * Nodes of an index that are remembered as having other settings than those in force: as many
     * as a fleet may have. Where there are more, those go that hold no replica of it.
     */
    int UNSETTLED_MAX = 4_096;
}
