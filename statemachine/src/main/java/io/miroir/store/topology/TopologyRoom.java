package io.miroir.store.topology;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.ReplaceTopology;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import java.util.Optional;

/** {@link Topologies} over commands and SQL. */
public final class TopologyRoom implements Topologies {
    private final Proposer proposer;
    private final Reads reads;

    public TopologyRoom(Proposer proposer, Reads reads) {
        this.proposer = proposer;
        this.reads = reads;
    }

    @Override
    public Reply<Replacement> replace(String json, long expectedVersion) {
        ReplaceTopology.Builder replace =
                ReplaceTopology.newBuilder().setJson(json).setExpectedVersion(expectedVersion);
        return proposer.propose(
                Command.newBuilder().setReplaceTopology(replace), TopologyRoom::words);
    }

    @Override
    public Optional<TopologyRow> get(ReadLevel level) {
        return reads.point(level, TopologyReads::get);
    }

    private static Replacement words(Outcome outcome) {
        return switch (outcome.getKindCase()) {
            case VERSION -> new Replacement.Replaced(outcome.getVersion());
            case CHANGED -> new Replacement.Changed(outcome.getChanged());
            default -> throw Proposer.unexpected(outcome);
        };
    }
}
