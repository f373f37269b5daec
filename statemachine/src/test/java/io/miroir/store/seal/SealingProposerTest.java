package io.miroir.store.seal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.proto.store.Command;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.clientobject.ClientObjectRoom;
import io.miroir.store.clientobject.ClientObjectRow;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.LaneRoom;
import io.miroir.store.task.Finish;
import io.miroir.store.task.NewTask;
import io.miroir.store.task.TaskRoom;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.webhook.WebhookRoom;
import io.miroir.store.webhook.WebhookRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Whichever room makes a command: what is secret in it is sealed when it leaves this pod. */
class SealingProposerTest {
    private static final String SECRET = "the-secret-of-a-client";

    private final List<Command> left = new ArrayList<>();
    private final Proposer next =
            command -> {
                left.add(command);
                return new Reply.Refused<>(new Refusal.Unavailable("a test"));
            };
    private final Seals seals = new Reversed();
    private final Proposer proposer = new SealingProposer(next, seals);

    /** Not a good seal, but one that can be told. */
    private record Reversed() implements Seals {
        private static String reverse(String text) {
            return text.replace(SECRET, new StringBuilder(SECRET).reverse());
        }

        @Override
        public String sealJson(String json) {
            return reverse(json);
        }

        @Override
        public String openJson(String json) {
            return json;
        }

        @Override
        public String sealHeader(String value) {
            return reverse(value);
        }

        @Override
        public String openHeader(String value) {
            return value;
        }
    }

    private static Bind bind(String details, List<IndexEffect> effects) {
        return new Bind(
                "i",
                1,
                1,
                TaskType.SETTINGS_UPDATE,
                details,
                Map.of(),
                Map.of(),
                Map.of(),
                Map.of(),
                null,
                null,
                effects,
                null);
    }

    /** Nothing is read. */
    @SuppressWarnings("NullAway")
    private static Reads unread() {
        return null;
    }

    private void assertSealed(int commands) {
        assertEquals(commands, left.size());
        for (Command command : left) {
            assertFalse(command.toString().contains(SECRET), command::toString);
            assertTrue(command.toString().contains("tneilc-a-fo-terces-eht"), command::toString);
        }
    }

    @Test
    void settingsInEveryCommandThatHoldsSomeAreSealed() {
        IndexEffect created = new IndexEffect.Created("i", 1, null, 4, SECRET, List.of());
        IndexEffect committed = new IndexEffect.SettingsCommitted(1, SECRET, List.of(), List.of());
        LaneRoom lanes = new LaneRoom(proposer, unread());
        lanes.affect("i", 1, List.of(created));
        lanes.affect("i", 1, List.of(committed));
        lanes.bindAll(
                List.of(
                        bind(SECRET, List.of()),
                        bind("{}", List.of(created)),
                        bind("{}", List.of(committed))));
        TaskRoom tasks = new TaskRoom(proposer, unread(), seals);
        tasks.enqueue(NewTask.of(TaskType.SETTINGS_UPDATE, "i", SECRET, null, null));
        tasks.finish(Finish.of(1, 1, TaskStatus.SUCCEEDED, SECRET, null, List.of()));
        tasks.finish(Finish.of(1, 1, TaskStatus.SUCCEEDED, null, null, List.of(committed)));
        assertSealed(8);
    }

    @Test
    void objectsOfClientsAreSealed() {
        ClientObjectRoom objects = new ClientObjectRoom(proposer, unread(), seals);
        ClientObjectRow row = new ClientObjectRow("network", SECRET, 0, 1);
        objects.put(row);
        objects.replace(row);
        assertSealed(2);
        assertEquals(1, left.get(1).getPutRow().getExpectedUpdatedAtMicros());
    }

    @Test
    void headersOfWebhooksAreSealedAndTheTermIsKept() {
        WebhookRow row =
                new WebhookRow(
                        "u", "http://w", new TreeMap<>(Map.of("authorization", SECRET)), 0, 1);
        new WebhookRoom(proposer, unread(), seals).put(row);
        new WebhookRoom(proposer, unread(), seals).replace(row);
        new WebhookRoom(new SealingProposer(next.fencedBy(7), seals), unread(), seals).put(row);
        assertSealed(3);
        assertEquals(1, left.get(1).getPutRow().getExpectedUpdatedAtMicros());
        assertEquals(7, left.get(2).getFencingTerm());
    }
}
