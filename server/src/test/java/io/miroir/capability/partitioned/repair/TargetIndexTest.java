package io.miroir.capability.partitioned.repair;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.api.settings.NodeSettings;
import io.miroir.api.settings.Settings;
import io.miroir.api.settings.SettingsUpdate;
import io.miroir.fanout.NodeBody;
import io.miroir.fanout.NodeReply;
import io.miroir.fanout.NodeRequest;
import io.miroir.fanout.Nodes;
import io.miroir.fanout.copy.Holds;
import io.miroir.fanout.copy.NodeTasks;
import io.miroir.fanout.copy.TargetWriter;
import io.miroir.fanout.lane.SettingsReadBack;
import io.miroir.store.index.IndexRow;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a node is given before documents are copied to it. */
class TargetIndexTest {
    private ObjectNode settings = Settings.defaults();
    private int sent;

    /** A node that changes its settings as Meilisearch does. */
    private NodeReply answer(NodeRequest request) {
        if (request.target().startsWith("/tasks/")) {
            return new NodeReply.Answer(200, Json.parse("{\"uid\":1,\"status\":\"succeeded\"}"));
        }
        if (request.method().equals("PATCH") && request.body() instanceof NodeBody.Bytes body) {
            String text = StandardCharsets.UTF_8.decode(body.utf8().duplicate()).toString();
            settings = Settings.apply(settings, SettingsUpdate.parse(Json.parse(text)));
            sent++;
            return new NodeReply.Answer(202, Json.object().put("taskUid", 1));
        }
        return new NodeReply.Answer(200, Settings.shownWhole(settings));
    }

    /** Shows: an embedder that must go before its successor comes does not stay away. */
    @Test
    void anEmbedderThatHadToGoComesBack() throws Exception {
        settings = after("{\"embedders\":{\"e\":{\"source\":\"openAi\",\"apiKey\":\"k\"}}}");
        ObjectNode wanted =
                after("{\"embedders\":{\"e\":{\"source\":\"userProvided\",\"dimensions\":2}}}");
        settle(wanted);
        assertEquals(2, sent);
        JsonNode shown = Settings.shownWhole(settings);
        assertTrue(SettingsReadBack.matches(NodeSettings.derive(wanted), shown), shown::toString);
        settle(wanted);
        assertEquals(2, sent);
    }

    private static ObjectNode after(String change) {
        return Settings.apply(Settings.defaults(), SettingsUpdate.parse(Json.parse(change)));
    }

    private void settle(ObjectNode wanted) throws InterruptedException {
        try (Nodes nodes = Nodes.over(Map.of("n", this::answer), (_, _, _, _) -> {})) {
            NodeTasks tasks = new NodeTasks(nodes, "n", "m1");
            TargetWriter writer =
                    new TargetWriter(tasks, "", () -> {}, Holds.upTo(Duration.ofSeconds(1)));
            IndexRow index =
                    new IndexRow(
                            "i",
                            1,
                            "m1",
                            null,
                            1,
                            Json.text(wanted),
                            1,
                            IndexRow.Standing.SETTLED,
                            0,
                            0);
            new TargetIndex(nodes, "n", writer).settle(index);
        }
    }
}
