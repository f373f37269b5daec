package io.miroir.cluster.peer;

import io.miroir.raft.link.Acknowledged;
import java.util.Optional;

/** How a pod answers a greeting. */
public sealed interface Greeted {
    /**
     * It knows no reason against the other.
     *
     * @param acknowledged to this pod by the other; empty if it does not lead, or can't be sure
     *     that it does
     * @param tells whether its program tells that at all; an earlier one does not
     */
    record Welcome(PodFacts facts, Optional<Acknowledged> acknowledged, boolean tells)
            implements Greeted {
        /** Of a pod of this program. */
        public Welcome(PodFacts facts, Optional<Acknowledged> acknowledged) {
            this(facts, acknowledged, true);
        }
    }

    /** The other must not take part as it is. */
    record Refused(String why) implements Greeted {}
}
