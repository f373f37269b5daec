package io.miroir.store.scopedkey;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.RevokedScopedKey;
import io.miroir.proto.store.RotateScopedKey;
import io.miroir.proto.store.SightScopedKeys;
import io.miroir.proto.store.Sighting;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** {@link ScopedKeys} over commands and SQL. */
public final class ScopedKeyRoom implements ScopedKeys {
    private final Proposer proposer;
    private final Reads reads;

    public ScopedKeyRoom(Proposer proposer, Reads reads) {
        this.proposer = proposer;
        this.reads = reads;
    }

    @Override
    public Reply<Rotation> rotate(String indexUid, String newUid, long expectedGeneration) {
        RotateScopedKey.Builder rotate =
                RotateScopedKey.newBuilder()
                        .setIndexUid(indexUid)
                        .setNewUid(newUid)
                        .setExpectedGeneration(expectedGeneration);
        return proposer.propose(
                Command.newBuilder().setRotateScopedKey(rotate),
                outcome ->
                        switch (outcome.getKindCase()) {
                            case VERSION -> new Rotation.Rotated(outcome.getVersion());
                            case CHANGED -> new Rotation.Changed(outcome.getChanged());
                            case NOTHING -> new Rotation.PreviousInUse();
                            case FULL -> new Rotation.Full(outcome.getFull().getRowsMax());
                            default -> throw Proposer.unexpected(outcome);
                        });
    }

    @Override
    public Reply<Integer> sighted(String podId, Map<String, Long> generationByIndex) {
        if (generationByIndex.size() > SIGHTINGS_PER_COMMAND_MAX) {
            throw new IllegalArgumentException(
                    generationByIndex.size() + " sightings, at most " + SIGHTINGS_PER_COMMAND_MAX);
        }
        SightScopedKeys.Builder sighted = SightScopedKeys.newBuilder().setPodId(podId);
        new TreeMap<>(generationByIndex)
                .forEach(
                        (index, generation) ->
                                sighted.addSighting(
                                        Sighting.newBuilder()
                                                .setIndexUid(index)
                                                .setGeneration(generation)));
        return proposer.propose(
                Command.newBuilder().setSightScopedKeys(sighted),
                outcome -> Math.toIntExact(outcome.getCount()));
    }

    @Override
    public Reply<Boolean> revoked(String indexUid, long generation) {
        RevokedScopedKey.Builder revoked =
                RevokedScopedKey.newBuilder().setIndexUid(indexUid).setGeneration(generation);
        return proposer.propose(
                Command.newBuilder().setRevokedScopedKey(revoked), Outcome::getExisted);
    }

    @Override
    public Optional<ScopedKeyRow> get(ReadLevel level, String indexUid) {
        return reads.point(level, sql -> ScopedKeyApplier.get(sql, indexUid));
    }

    @Override
    public List<ScopedKeyRow> list(ReadLevel level) {
        return reads.scan(level, ScopedKeyApplier::list);
    }

    @Override
    public Gate gate(ReadLevel level, String indexUid, Set<String> livePods) {
        return reads.scan(
                level, sql -> ScopedKeyApplier.gate(sql, indexUid, livePods, reads.nowMicros()));
    }
}
