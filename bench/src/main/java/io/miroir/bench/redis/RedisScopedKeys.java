package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.scopedkey.ScopedKeyRow;
import io.miroir.store.scopedkey.ScopedKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import redis.clients.jedis.Protocol;

/**
 * {@code miroir:search_ui_scoped_key:<index>} hashes and {@code
 * miroir:search_ui_scoped_key_observed:<pod>:<index>}, which expire by Redis.
 */
record RedisScopedKeys(RedisPipeline writes, RedisPipeline reads) implements ScopedKeys {
    private static final String KEY = "miroir:search_ui_scoped_key:";

    @Override
    public Reply<Rotation> rotate(String indexUid, String newUid, long expectedGeneration) {
        return writes.write(
                answer ->
                        switch ((int) RedisAnswer.numberAt(answer, 0)) {
                            case 0 -> new Rotation.Changed(RedisAnswer.numberAt(answer, 1));
                            case 1 -> new Rotation.Rotated(RedisAnswer.numberAt(answer, 1));
                            default -> new Rotation.PreviousInUse();
                        },
                RedisScript.SCOPED_KEYS,
                "rotate",
                indexUid,
                newUid,
                expectedGeneration);
    }

    @Override
    public Reply<Integer> sighted(String podId, Map<String, Long> generationByIndex) {
        List<Object> arguments =
                new ArrayList<>(List.of("sighted", podId, SIGHTING_MICROS / 1_000));
        generationByIndex.forEach((index, number) -> arguments.addAll(List.of(index, number)));
        return writes.write(RedisAnswer::count, RedisScript.SCOPED_KEYS, arguments.toArray());
    }

    @Override
    public Reply<Boolean> revoked(String indexUid, long generation) {
        return writes.write(
                RedisAnswer::existed, RedisScript.SCOPED_KEYS, "revoked", indexUid, generation);
    }

    @Override
    public Optional<ScopedKeyRow> get(ReadLevel level, String indexUid) {
        return reads.hash(KEY + indexUid)
                .row(
                        hash ->
                                new ScopedKeyRow(
                                        indexUid,
                                        hash.text("primary_uid"),
                                        hash.textOrNull("previous_uid"),
                                        hash.number("generation"),
                                        hash.number("rotated_at")));
    }

    @Override
    public List<ScopedKeyRow> list(ReadLevel level) {
        return reads.rows(KEY + "_index", index -> get(level, index)).toList();
    }

    @Override
    public Gate gate(ReadLevel level, String indexUid, Set<String> livePods) {
        Optional<ScopedKeyRow> key = get(level, indexUid);
        String previous = key.map(ScopedKeyRow::previousUid).orElse(null);
        if (key.isEmpty() || previous == null) {
            return new Gate.NothingToRevoke();
        }
        long generation = key.get().generation();
        Set<String> waiting = new TreeSet<>(livePods);
        waiting.removeIf(pod -> observed(pod, indexUid) >= generation);
        return waiting.isEmpty()
                ? new Gate.Open(previous, generation)
                : new Gate.WaitingFor(waiting);
    }

    private long observed(String pod, String indexUid) {
        Object seen =
                reads.read(
                        Protocol.Command.GET,
                        "miroir:search_ui_scoped_key_observed:" + pod + ":" + indexUid);
        return seen == null ? 0 : Long.parseLong(RedisConnections.text(seen));
    }
}
