package io.miroir.store.alias;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.DeleteAlias;
import io.miroir.proto.store.FlipAlias;
import io.miroir.proto.store.Outcome;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import java.util.List;
import java.util.Optional;

/** {@link Aliases} over commands and SQL. */
public final class AliasRoom implements Aliases {
    private final Proposer proposer;
    private final Reads reads;

    public AliasRoom(Proposer proposer, Reads reads) {
        this.proposer = proposer;
        this.reads = reads;
    }

    @Override
    public Reply<Flip> flip(
            String name, AliasRow.Kind kind, List<String> targets, long expectedVersion) {
        int targetsMax = kind == AliasRow.Kind.SINGLE ? 1 : TARGETS_MAX;
        if (targets.isEmpty() || targets.size() > targetsMax) {
            throw new IllegalArgumentException(
                    targets.size() + " targets; a " + kind + " alias has 1 to " + targetsMax);
        }
        FlipAlias.Builder flip =
                FlipAlias.newBuilder()
                        .setName(name)
                        .setAliasKind(kind.code())
                        .addAllTarget(targets)
                        .setExpectedVersion(expectedVersion);
        return proposer.propose(Command.newBuilder().setFlipAlias(flip), AliasRoom::words);
    }

    @Override
    public Reply<Boolean> delete(String name) {
        DeleteAlias.Builder delete = DeleteAlias.newBuilder().setName(name);
        return proposer.propose(Command.newBuilder().setDeleteAlias(delete), Outcome::getExisted);
    }

    @Override
    public Optional<AliasRow> get(ReadLevel level, String name) {
        return reads.point(level, sql -> AliasReads.get(sql, name));
    }

    @Override
    public List<AliasRow> list(ReadLevel level) {
        return reads.scan(level, AliasReads::list);
    }

    private static Flip words(Outcome outcome) {
        return switch (outcome.getKindCase()) {
            case VERSION -> new Flip.Flipped(outcome.getVersion());
            case CHANGED -> new Flip.Changed(outcome.getChanged());
            case INDEX_CHANGED -> new Flip.NameTaken();
            case FULL -> new Flip.Full(outcome.getFull().getRowsMax());
            default -> throw Proposer.unexpected(outcome);
        };
    }
}
