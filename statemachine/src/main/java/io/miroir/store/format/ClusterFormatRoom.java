package io.miroir.store.format;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.RaiseFormat;
import io.miroir.store.Reply;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;

/** {@link ClusterFormat} over commands and what is applied. */
public final class ClusterFormatRoom implements ClusterFormat {
    private final Proposer proposer;
    private final Reads reads;

    public ClusterFormatRoom(Proposer proposer, Reads reads) {
        this.proposer = proposer;
        this.reads = reads;
    }

    @Override
    public int current() {
        return reads.clusterFormat();
    }

    @Override
    public Reply<Integer> raise(int format) {
        RaiseFormat raise = RaiseFormat.newBuilder().setFormat(format).build();
        return proposer.propose(
                Command.newBuilder().setRaiseFormat(raise), ClusterFormatRoom::holds);
    }

    private static int holds(Outcome outcome) {
        return switch (outcome.getKindCase()) {
            case VERSION -> Math.toIntExact(outcome.getVersion());
            default -> throw Proposer.unexpected(outcome);
        };
    }
}
