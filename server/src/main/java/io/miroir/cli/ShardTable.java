package io.miroir.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;

/** Which node has which shard, and in what state, as a command says it. */
final class ShardTable {
    private static final String IN_SYNC = "in_sync";

    /** Copies that have come to their end say nothing of what is the case. */
    private static final String ENDED = "completed";

    private final PrintWriter out;
    private final boolean whole;

    /**
     * A table that goes there.
     *
     * @param whole whether shards are told that all nodes have in sync that are to have them
     */
    ShardTable(PrintWriter out, boolean whole) {
        this.out = out;
        this.whole = whole;
    }

    /**
     * Prints indexes.
     *
     * @param answer of {@code GET /_miroir/shards}
     * @param wanted their names; empty for all
     * @return whether all that are wanted are there
     */
    boolean tell(JsonNode answer, List<String> wanted) {
        JsonNode indexes = answer.path("indexes");
        for (Map.Entry<String, JsonNode> index : indexes.properties()) {
            if (wanted.isEmpty() || wanted.contains(index.getKey())) {
                tell(index.getKey(), index.getValue());
                tellCopies(index.getKey(), answer.path("repairs"));
            }
        }
        out.flush();
        return wanted.stream().allMatch(indexes::has);
    }

    private void tell(String name, JsonNode index) {
        JsonNode shards = index.path("shards");
        long all = shards.valueStream().mapToLong(shard -> shard.path("nodes").size()).sum();
        long lacking = shards.valueStream().mapToLong(ShardTable::lacking).sum();
        out.printf(
                "%-24s %-8s %d shards, %d replicas in sync, %d not%n",
                name,
                index.path("physical_uid").asString(""),
                shards.size(),
                all - lacking,
                lacking);
        for (JsonNode shard : shards) {
            if (whole || lacking(shard) > 0) {
                StringJoiner nodes = new StringJoiner(", ");
                shard.path("nodes")
                        .properties()
                        .forEach(
                                node ->
                                        nodes.add(
                                                node.getKey()
                                                        + ' '
                                                        + node.getValue().asString("")));
                out.printf("  shard %-6d %s%n", shard.path("shard").asInt(), nodes);
            }
        }
    }

    private static long lacking(JsonNode shard) {
        return shard.path("nodes")
                .valueStream()
                .filter(state -> !state.asString("").equals(IN_SYNC))
                .count();
    }

    private void tellCopies(String name, JsonNode copies) {
        for (JsonNode copy : copies) {
            String state = copy.path("state").asString("");
            if (!copy.path("index").asString("").equals(name) || state.equals(ENDED)) {
                continue;
            }
            out.printf(
                    "  copy to %s%s: %s, %d compared, %d copied, %d removed%s%n",
                    copy.path("node").asString(""),
                    prefixed(" from ", copy.path("source")),
                    state + prefixed(", ", copy.path("phase")),
                    copy.path("compared").asLong(),
                    copy.path("copied").asLong(),
                    copy.path("removed").asLong(),
                    prefixed("; last time: ", copy.path("error")));
        }
    }

    private static String prefixed(String before, JsonNode text) {
        String known = text.asString("");
        return known.isEmpty() ? "" : before + known;
    }
}
