package io.miroir.cluster.member;

import io.miroir.cluster.peer.PodFacts;
import io.miroir.raft.RaftTaskStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What this pod tells of itself. */
final class OwnFacts {
    private OwnFacts() {}

    static PodFacts of(
            Doorkeeper.Self self, Optional<PodIdentity> identity, @Nullable RaftTaskStore open) {
        boolean member =
                identity.filter(own -> own.stage() == PodIdentity.Stage.MEMBER).isPresent();
        return new PodFacts(
                self.podId(),
                identity.map(PodIdentity::clusterId).orElse(null),
                self.run(),
                open == null ? member : open.membership().hasLog(),
                open == null ? null : open.status().leaderId(),
                open == null ? List.of() : open.membership().members(),
                open == null ? Map.of() : open.membership().commits());
    }
}
