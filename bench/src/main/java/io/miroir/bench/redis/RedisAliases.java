package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.alias.AliasRow;
import io.miroir.store.alias.Aliases;
import io.miroir.store.limit.StoreLimits;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import redis.clients.jedis.Protocol;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code miroir:aliases:<name>} hashes and the set {@code miroir:aliases:_index}. */
final class RedisAliases implements Aliases {
    private static final String INDEX = "miroir:aliases:_index";
    private static final String KEY = "miroir:aliases:";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final RedisPipeline writes;
    private final RedisPipeline reads;

    RedisAliases(RedisPipeline writes, RedisPipeline reads) {
        this.writes = writes;
        this.reads = reads;
    }

    @Override
    public Reply<Flip> flip(
            String name, AliasRow.Kind kind, List<String> targets, long expectedVersion) {
        return writes.write(
                answer -> {
                    List<?> parts = (List<?>) answer;
                    long version = (Long) parts.get(1);
                    return (Long) parts.get(0) == 1
                            ? new Flip.Flipped(version)
                            : new Flip.Changed(version);
                },
                RedisScript.FLIP_ALIAS,
                name,
                kind.code(),
                JSON.writeValueAsString(targets),
                expectedVersion,
                StoreLimits.DEFAULT.aliasHistoryMax());
    }

    @Override
    public Reply<Boolean> delete(String name) {
        return writes.write(answer -> (Long) answer == 1, RedisScript.DELETE_ALIAS, name);
    }

    @Override
    public Optional<AliasRow> get(ReadLevel level, String name) {
        Map<String, String> fields =
                RedisTasks.hash(reads.read(Protocol.Command.HGETALL, KEY + name));
        return fields.isEmpty() ? Optional.empty() : Optional.of(row(name, fields));
    }

    @Override
    public List<AliasRow> list(ReadLevel level) {
        List<?> members = (List<?>) RedisRows.present(reads.read(Protocol.Command.SMEMBERS, INDEX));
        List<String> names = new ArrayList<>(members.stream().map(RedisConnections::text).toList());
        Collections.sort(names);
        List<AliasRow> rows = new ArrayList<>();
        List<Object> answers =
                reads.readAll(
                        Protocol.Command.HGETALL, names.stream().map(name -> KEY + name).toList());
        for (int i = 0; i < names.size(); i++) {
            Map<String, String> fields = RedisTasks.hash(answers.get(i));
            if (!fields.isEmpty()) {
                rows.add(row(names.get(i), fields));
            }
        }
        return rows;
    }

    private static AliasRow row(String name, Map<String, String> fields) {
        List<AliasRow.Past> history = new ArrayList<>();
        for (JsonNode past : JSON.readTree(fields.getOrDefault("history", "[]"))) {
            history.add(
                    new AliasRow.Past(
                            AliasRow.Kind.ofCode(past.get("kind").asInt()),
                            targets(past.get("targets").asString()),
                            past.get("version").asLong(),
                            (long) past.get("replaced_at").asDouble()));
        }
        return new AliasRow(
                name,
                AliasRow.Kind.ofCode(Integer.parseInt(fields.getOrDefault("kind", "0"))),
                targets(fields.getOrDefault("targets", "[]")),
                Long.parseLong(fields.getOrDefault("version", "0")),
                (long) Double.parseDouble(fields.getOrDefault("created_at", "0")),
                history);
    }

    private static List<String> targets(String json) {
        List<String> targets = new ArrayList<>();
        JSON.readTree(json).forEach(target -> targets.add(target.asString()));
        return targets;
    }
}
