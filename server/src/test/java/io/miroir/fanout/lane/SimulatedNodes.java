package io.miroir.fanout.lane;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.miroir.api.Json;
import io.miroir.api.settings.NodeSettings;
import io.miroir.api.settings.Settings;
import io.miroir.core.routing.Separators;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.lane.SimulatedWrites.Change;
import java.net.URLDecoder;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Nodes that keep documents and do their tasks in order. A payload with a document that is {@code
 * guilty} is taken and fails; one that is {@code refused} is not taken.
 */
final class SimulatedNodes {
    /** What goes wrong with a request. */
    enum Fault {
        NONE,
        /** The node never hears of it. */
        UNREACHABLE,
        /** The node takes it, and nobody hears that. */
        ANSWER_LOST,
        /** Nobody knows; the node did not take it. */
        REQUEST_LOST,
        /** Nobody knows; the node takes it later. */
        REQUEST_LATE
    }

    private static final NodeReply SILENCE =
            new NodeReply.Failure(NodeReply.Kind.TIMEOUT, "silence");

    private static final Trouble NONE = new Trouble(_ -> Fault.NONE, false);

    private final Map<String, Node> nodes = new HashMap<>();

    /** By index and position, whatever became of it. */
    private final Map<String, TreeMap<Long, Change>> changes = new HashMap<>();

    private final Map<String, Trouble> troubles = new ConcurrentHashMap<>();

    /** By index what did not come to its node yet. */
    private final Map<String, Deque<Asked>> late = new HashMap<>();

    /**
     * How requests for an index go wrong.
     *
     * @param faults asked once for each change of documents, with what it carries, and each look at
     *     tasks, before that
     * @param isLazy whether nodes begin with tasks only when they are asked for these
     */
    private record Trouble(Function<Optional<Mark>, Fault> faults, boolean isLazy) {}

    private static final class Node {
        private final TreeMap<Long, ObjectNode> tasks = new TreeMap<>();
        private final Map<String, Map<String, ObjectNode>> indexes = new HashMap<>();
        private final Deque<Runnable> work = new ArrayDeque<>();

        private void work() {
            while (!work.isEmpty()) {
                work.remove().run();
            }
        }
    }

    /** One request, taken apart. */
    private record Asked(String node, String method, String target, String body) {
        static Asked of(String node, NodeRequest request) {
            return new Asked(
                    node,
                    request.method(),
                    URLDecoder.decode(request.target(), UTF_8),
                    TaskNodes.body(request));
        }

        boolean isOfDocuments() {
            return target.contains("/documents");
        }

        /** A list of an index's tasks, by which it is found out what became of a write. */
        boolean isLook() {
            return target.contains("indexUids=");
        }

        String physicalUid() {
            if (isLook()) {
                return after("indexUids=");
            }
            return target.equals("/indexes")
                    ? Json.parse(body).path("uid").asString()
                    : target.startsWith("/indexes/") ? target.split("[/?]", -1)[2] : "";
        }

        Optional<Mark> mark() {
            return target.contains("customMetadata=")
                    ? Mark.parse(after("customMetadata="))
                    : Optional.empty();
        }

        /** The tasks that are asked for; empty for all. */
        Set<String> uids() {
            return target.contains("&uids=") ? Set.of(after("&uids=").split(",", -1)) : Set.of();
        }

        private String after(String name) {
            String rest = target.substring(target.indexOf(name) + name.length());
            return rest.split("&", -1)[0];
        }

        List<ObjectNode> documents() {
            return body.lines().map(Json::parseObject).toList();
        }

        boolean isDeletion() {
            return target.contains("/delete-batch");
        }

        List<String> deleted() {
            return Json.parse(body).valueStream().map(JsonNode::asString).toList();
        }
    }

    /** From here on an index's requests go wrong in another way. */
    void breakUnder(String physicalUid, Function<Optional<Mark>, Fault> faults, boolean isLazy) {
        troubles.put(physicalUid, new Trouble(faults, isLazy));
    }

    NodeReply answer(String id, NodeRequest request) {
        Asked asked = Asked.of(id, request);
        Trouble trouble = troubles.getOrDefault(asked.physicalUid(), NONE);
        boolean mayBreak = asked.isOfDocuments() || asked.isLook();
        Fault fault = mayBreak ? trouble.faults().apply(asked.mark()) : Fault.NONE;
        synchronized (this) {
            if (asked.isOfDocuments()) {
                note(asked);
            }
            return switch (fault) {
                case NONE -> act(asked, trouble.isLazy());
                case UNREACHABLE -> new NodeReply.Failure(NodeReply.Kind.UNREACHABLE, "away");
                case REQUEST_LOST -> SILENCE;
                case REQUEST_LATE -> {
                    if (asked.isOfDocuments()) {
                        late.computeIfAbsent(asked.physicalUid(), _ -> new ArrayDeque<>())
                                .add(asked);
                    }
                    yield SILENCE;
                }
                case ANSWER_LOST ->
                        act(asked, trouble.isLazy()) instanceof NodeReply.Refusal refusal
                                ? refusal
                                : SILENCE;
            };
        }
    }

    /** All comes that is on its way to the nodes of an index. */
    synchronized void comeLate(String physicalUid) {
        late.getOrDefault(physicalUid, new ArrayDeque<>()).forEach(asked -> act(asked, false));
        late.remove(physicalUid);
    }

    /** A document as a node holds it when all is done, without what is ours. */
    synchronized Optional<ObjectNode> document(String node, String physicalUid, String key) {
        node(node).work();
        Map<String, ObjectNode> held = node(node).indexes.getOrDefault(physicalUid, Map.of());
        return Optional.ofNullable(held.get(key)).map(SimulatedWrites::clean);
    }

    /** What was asked for at each position of an index. */
    synchronized Map<Long, Change> changes(String physicalUid) {
        return new TreeMap<>(changes.getOrDefault(physicalUid, new TreeMap<>()));
    }

    /** Whether a node's task held something guilty. */
    synchronized boolean wasGuilty(String node, long taskUid) {
        ObjectNode task = requireNonNull(node(node).tasks.get(taskUid));
        return task.path("status").asString().equals("failed");
    }

    private Node node(String id) {
        return nodes.computeIfAbsent(id, _ -> new Node());
    }

    private void note(Asked asked) {
        TreeMap<Long, Change> known =
                changes.computeIfAbsent(asked.physicalUid(), _ -> new TreeMap<>());
        if (asked.isDeletion()) {
            long position = asked.mark().orElseThrow().first();
            Change gone = new Change("DELETE", List.of(), asked.deleted());
            known.merge(position, gone, Change::and);
            return;
        }
        for (ObjectNode document : asked.documents()) {
            long seq = Separators.decode(document.path(Separators.SEQ_FIELD).asString());
            Change one = new Change(asked.method(), List.of(document), List.of());
            known.merge(seq >>> Separators.ORDINAL_BITS, one, Change::and);
        }
    }

    private NodeReply act(Asked asked, boolean isLazy) {
        Node node = node(asked.node());
        if (asked.method().equals("GET")) {
            return asked.target().endsWith("/settings")
                    ? new NodeReply.Answer(200, NodeSettings.derive(Settings.defaults()))
                    : tell(node, asked);
        }
        if (asked.body().contains("\"refused\":true")) {
            return LaneFixture.refused();
        }
        long uid = node.tasks.isEmpty() ? 0 : node.tasks.lastKey() + 1;
        ObjectNode task = Json.object();
        task.put("uid", uid).put("indexUid", asked.physicalUid()).put("status", "enqueued");
        task.putObject("details");
        task.putObject("error").put("code", "x").put("message", "A fault.");
        asked.mark().ifPresent(mark -> task.put("customMetadata", mark.text()));
        node.tasks.put(uid, task);
        node.work.add(() -> apply(node, asked, task));
        if (!isLazy) {
            node.work();
        }
        return new NodeReply.Answer(202, Json.object().put("taskUid", uid));
    }

    private static void apply(Node node, Asked asked, ObjectNode task) {
        boolean failed = asked.body().contains("\"guilty\":true");
        task.put("status", failed ? "failed" : "succeeded");
        if (failed || !asked.isOfDocuments()) {
            return;
        }
        Map<String, ObjectNode> held =
                node.indexes.computeIfAbsent(asked.physicalUid(), _ -> new TreeMap<>());
        if (asked.isDeletion()) {
            asked.deleted().forEach(held::remove);
        } else {
            asked.documents()
                    .forEach(document -> SimulatedWrites.apply(held, asked.method(), document));
        }
    }

    private static NodeReply tell(Node node, Asked asked) {
        Set<String> uids = asked.uids();
        if (!uids.isEmpty()) {
            node.work();
        }
        ObjectNode body = Json.object();
        ArrayNode results = body.putArray("results");
        boolean oldestFirst = asked.target().contains("reverse=true");
        long from = oldestFirst ? Long.parseLong(asked.after("&from=")) : 0;
        (oldestFirst ? node.tasks.tailMap(from) : node.tasks.descendingMap())
                .forEach(
                        (uid, task) -> {
                            boolean isAsked =
                                    uids.isEmpty()
                                            ? !asked.isLook()
                                                    || task.path("indexUid")
                                                            .asString()
                                                            .equals(asked.physicalUid())
                                            : uids.contains(Long.toString(uid));
                            if (isAsked) {
                                results.add(task.deepCopy());
                            }
                        });
        return new NodeReply.Answer(200, body);
    }
}
