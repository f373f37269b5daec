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
                answer -> {
                    List<?> parts = (List<?>) answer;
                    long found = (Long) parts.get(1);
                    return (Long) parts.get(0) == 1
                            ? new Advance.Advanced(found)
                            : new Advance.Behind(found);
                },
                RedisScript.ADVANCE_SETTINGS,
                indexUid,
                nodeId,
                version);
    }

    @Override
    public Optional<NodeSettingsVersionRow> get(ReadLevel level, String indexUid, String nodeId) {
        RedisHash hash = reads.hash(KEY + indexUid + ":" + nodeId);
        return hash.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new NodeSettingsVersionRow(
                                indexUid,
                                nodeId,
                                hash.number("version"),
                                hash.number("updated_at")));
    }

    @Override
    public List<NodeSettingsVersionRow> of(ReadLevel level, String indexUid) {
        String prefix = indexUid + ":";
        return reads.members(KEY + "_index").stream()
                .filter(id -> id.startsWith(prefix))
                .flatMap(id -> get(level, indexUid, id.substring(prefix.length())).stream())
                .toList();
    }
}
