package io.miroir.embedded.engine;

import java.util.Map;

/**
 * How far an index has come, as its last commit says: what a node that was killed needs to know
 * before it applies a task again.
 *
 * @param taskUid the highest task applied; -1 for none
 * @param outcomes what became of the operations of the last commit, by task
 */
public record Applied(long taskUid, Map<Long, Outcome> outcomes) {
    public Applied {
        outcomes = Map.copyOf(outcomes);
    }
}
