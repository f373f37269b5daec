package io.miroir.cli.rebuild;

import io.miroir.api.Json;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.routing.Separators;
import io.miroir.core.topology.Topology;
import io.miroir.fanout.AnswerShape;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.lane.Mark;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Asks one node for everything that it knows of Miroir's indexes. */
final class NodeSurvey {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Pattern PHYSICAL = Pattern.compile("m([0-9]{1,18})");
    private static final int INDEXES_MAX = 10_000;
    private static final int TASKS_MAX = 1_000;
    private static final int PAGE_DOCUMENTS = 500;

    private final Nodes nodes;
    private final String node;

    private final int shardsUsual;

    /**
     * A survey of one node.
     *
     * @param shardsUsual what an index most likely has
     */
    NodeSurvey(Nodes nodes, String node, int shardsUsual) {
        this.nodes = nodes;
        this.node = node;
        this.shardsUsual = shardsUsual;
    }

    /**
     * All indexes on it that bear a physical name.
     *
     * @throws IOException if the node does not answer as a Meilisearch should
     */
    List<FoundIndex> indexes() throws IOException {
        List<FoundIndex> found = new ArrayList<>();
        for (JsonNode index : list("/indexes?limit=" + INDEXES_MAX)) {
            Matcher name = PHYSICAL.matcher(index.path("uid").asString(""));
            if (name.matches()) {
                JsonNode key = index.path("primaryKey");
                found.add(
                        index(
                                Long.parseLong(name.group(1)),
                                key.isString() ? key.asString() : null));
            }
        }
        return found;
    }

    private FoundIndex index(long incarnation, @Nullable String primaryKey) throws IOException {
        String uid = "m" + incarnation;
        Marks marks = marks(uid);
        Documents documents = new Documents(primaryKey);
        for (long offset = 0; ; offset += PAGE_DOCUMENTS) {
            JsonNode page = documents(uid, offset);
            page.forEach(documents::add);
            if (page.size() < PAGE_DOCUMENTS) {
                break;
            }
        }
        JsonNode settings =
                answer(
                        NodeRequest.get("survey", "/indexes/" + uid + "/settings", TIMEOUT)
                                .expecting(AnswerShape.SETTINGS));
        return new FoundIndex(
                node,
                incarnation,
                marks.name,
                primaryKey,
                marks.epoch,
                Math.max(marks.position, documents.position),
                settings instanceof ObjectNode object ? object : Json.object(),
                documents.shards(shardsUsual),
                documents.byShard);
    }

    /** The marks that Miroir's writes left on the node's tasks (protocol rule 4). */
    private Marks marks(String uid) throws IOException {
        Marks marks = new Marks();
        JsonNode tasks = list("/tasks?limit=" + TASKS_MAX + "&indexUids=" + uid);
        for (JsonNode task : tasks) {
            Mark.parse(task.path("customMetadata").asString("")).ifPresent(marks::add);
        }
        return marks;
    }

    private static final class Marks {
        private @Nullable String name;
        private long epoch;
        private long position;

        private void add(Mark mark) {
            epoch = Math.max(epoch, mark.epoch());
            position = Math.max(position, mark.last());
            // The latest comes first.
            name = name == null ? mark.lane() : name;
        }
    }

    private JsonNode documents(String uid, long offset) throws IOException {
        ObjectNode body = Json.object();
        body.put("offset", offset).put("limit", PAGE_DOCUMENTS);
        return answer(
                        NodeRequest.post(
                                        "survey",
                                        "/indexes/" + uid + "/documents/fetch",
                                        NodeBody.json(body),
                                        TIMEOUT)
                                .expecting(AnswerShape.DOCUMENTS))
                .path("results");
    }

    private JsonNode list(String target) throws IOException {
        NodeRequest request = NodeRequest.get("survey", target, TIMEOUT);
        return answer(request.expecting(AnswerShape.LIST)).path("results");
    }

    private JsonNode answer(NodeRequest request) throws IOException {
        return switch (nodes.ask(node, request)) {
            case NodeReply.Answer answer -> answer.body();
            case NodeReply.Refusal refusal ->
                    throw new IOException(node + " refuses: " + refusal.message());
            case NodeReply.Failure failure ->
                    throw new IOException(
                            node + " does not answer: " + failure.kind() + " " + failure.detail());
        };
    }

    /** What documents tell of their index. */
    private static final class Documents {
        private final @Nullable String primaryKey;
        private final SortedMap<Integer, Long> byShard = new TreeMap<>();
        private final List<String> ids = new ArrayList<>();
        private final List<Integer> shardsOfIds = new ArrayList<>();
        private long position;

        /** More tell no more. */
        private static final int SAMPLE_MAX = 200;

        /** By chance, so many fit no other number than the right one or a multiple of it. */
        private static final int SAMPLE_MIN = 50;

        Documents(@Nullable String primaryKey) {
            this.primaryKey = primaryKey;
        }

        void add(JsonNode document) {
            String shardText = document.path(Separators.SHARD_FIELD).asString("");
            String seq = document.path(Separators.SEQ_FIELD).asString("");
            if (shardText.isEmpty() || seq.isEmpty()) {
                return;
            }
            int shard = (int) Separators.decode(shardText);
            byShard.merge(shard, 1L, Long::sum);
            position = Math.max(position, Separators.decode(seq) >>> Separators.ORDINAL_BITS);
            JsonNode id = document.path(primaryKey == null ? "" : primaryKey);
            if (ids.size() < SAMPLE_MAX && (id.isString() || id.isIntegralNumber())) {
                ids.add(id.asString());
                shardsOfIds.add(shard);
            }
        }

        /**
         * The number of shards under which every sampled document is where it is. A few documents
         * fit many numbers: then only the usual one is believed.
         */
        int shards(int usual) {
            if (ids.isEmpty()) {
                return byShard.isEmpty() ? 0 : FoundIndex.SHARDS_UNCLEAR;
            }
            if (fits(usual)) {
                return usual;
            }
            for (int shards = byShard.lastKey() + 1;
                    shards <= Topology.SHARDS_MAX && ids.size() >= SAMPLE_MIN;
                    shards++) {
                if (fits(shards)) {
                    return shards;
                }
            }
            return FoundIndex.SHARDS_UNCLEAR;
        }

        private boolean fits(int shards) {
            for (int i = 0; i < ids.size(); i++) {
                if (Rendezvous.shard(ids.get(i), shards) != shardsOfIds.get(i)) {
                    return false;
                }
            }
            return true;
        }
    }
}
