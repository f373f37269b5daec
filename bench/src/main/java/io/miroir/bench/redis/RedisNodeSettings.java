package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.nodesettings.NodeSettingsVersionRow;
import io.miroir.store.nodesettings.NodeSettingsVersions;
import java.util.List;
import java.util.Optional;

/** {@code miroir:node_settings_version:<index>:<node>} hashes; uids and ids have no colon. */
record RedisNodeSettings(RedisPipeline writes, RedisPipeline reads)
        implements NodeSettingsVersions {
    private static final String KEY = "miroir:node_settings_version:";

    @Override
    public Reply<Advance> advance(String indexUid, String nodeId, long version) {
        return writes.write(
                RedisAnswer.doneOr(Advance.Advanced::new, Advance.Behind::new),
                RedisScript.ADVANCE_SETTINGS,
                indexUid,
                nodeId,
                version);
    }

    @Override
    public Optional<NodeSettingsVersionRow> get(ReadLevel level, String indexUid, String nodeId) {
        return reads.hash(KEY + indexUid + ":" + nodeId)
                .row(
                        hash ->
                                new NodeSettingsVersionRow(
                                        indexUid,
                                        nodeId,
                                        hash.number("version"),
                                        hash.number("updated_at")));
    }

    @Override
    public List<NodeSettingsVersionRow> of(ReadLevel level, String indexUid) {
        return reads.rows(KEY + "_index", indexUid + ":", node -> get(level, indexUid, node))
                .toList();
    }
}
