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
     * @param reached false if it finds nobody where the other is known to be; an earlier program
     *     does not say so
     */
    record Welcome(
            PodFacts facts, Optional<Acknowledged> acknowledged, boolean tells, boolean reached)
            implements Greeted {
        /** Of a pod of this program, which reaches the other. */
        public Welcome(PodFacts facts, Optional<Acknowledged> acknowledged) {
            this(facts, acknowledged, true, true);
        }
    }

    /**
     * The other must not take part as it is.
     *
     * @param another whether a second pod with the other's id runs where that is known to be
     */
    record Refused(String why, boolean another) implements Greeted {
        /** For another reason. */
        public Refused(String why) {
            this(why, false);
        }
    }
}
