package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.alias.AliasRow;
import io.miroir.store.alias.Aliases;
import java.util.ArrayList;
import java.util.List;
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
    private final RedisLimits limits;

    RedisAliases(RedisPipeline writes, RedisPipeline reads, RedisLimits limits) {
        this.writes = writes;
        this.reads = reads;
        this.limits = limits;
    }

    @Override
    public Reply<Flip> flip(
            String name, AliasRow.Kind kind, List<String> targets, long expectedVersion) {
        return writes.write(
                RedisAnswer.doneOr(Flip.Flipped::new, Flip.Changed::new),
                RedisScript.FLIP_ALIAS,
                name,
                kind.code(),
                JSON.writeValueAsString(targets),
                expectedVersion,
                limits.current().aliasHistoryMax());
    }

    @Override
    public Reply<Boolean> delete(String name) {
        return writes.write(RedisAnswer::existed, RedisScript.DELETE_ALIAS, name);
    }

    @Override
    public Optional<AliasRow> get(ReadLevel level, String name) {
        return reads.hash(KEY + name).row(fields -> row(name, fields));
    }

    @Override
    public List<AliasRow> list(ReadLevel level) {
        List<String> names = reads.members(INDEX);
        List<AliasRow> rows = new ArrayList<>();
        List<Object> answers =
                reads.readAll(
                        Protocol.Command.HGETALL, names.stream().map(name -> KEY + name).toList());
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            RedisHash.of(answers.get(i)).row(fields -> row(name, fields)).ifPresent(rows::add);
        }
        return rows;
    }

    private static AliasRow row(String name, RedisHash fields) {
        List<AliasRow.Past> history = new ArrayList<>();
        for (JsonNode past : JSON.readTree(fields.text("history"))) {
            history.add(
                    new AliasRow.Past(
                            AliasRow.Kind.ofCode(past.get("kind").asInt()),
                            targets(past.get("targets").asString()),
                            past.get("version").asLong(),
                            Long.parseLong(past.get("replaced_at").asString())));
        }
        return new AliasRow(
                name,
                AliasRow.Kind.ofCode((int) fields.number("kind")),
                targets(fields.text("targets")),
                fields.number("version"),
                fields.number("created_at"),
                history);
    }

    private static List<String> targets(String json) {
        List<String> targets = new ArrayList<>();
        JSON.readTree(json).forEach(target -> targets.add(target.asString()));
        return targets;
    }
}
