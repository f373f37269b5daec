package io.miroir.capability.leader.webhook;

import io.miroir.duty.LeaderDuty;
import io.miroir.fanout.webhook.WebhookCaller;
import io.miroir.store.ReadLevel;
import io.miroir.store.Rooms;
import io.miroir.store.task.TaskRow;
import io.miroir.store.webhook.WebhookRow;
import io.miroir.store.webhook.Webhooks;
import io.prometheus.client.CollectorRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells webhooks of tasks that ended. Each webhook has a worker of its own: a slow receiver holds
 * up no other.
 */
public final class WebhookDuty implements LeaderDuty {
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final WebhookWorker.Tools tools;
    private final Map<String, WebhookWorker> workers = new HashMap<>();

    /** Waits until all that this pod has read by now may be told (protocol, rule 9). */
    @FunctionalInterface
    public interface Told {
        void await() throws InterruptedException;
    }

    /**
     * A duty that has told nothing yet.
     *
     * @param shown a task as clients see it
     * @param nowMicros store time
     */
    public WebhookDuty(
            WebhookCaller caller,
            Told told,
            Function<TaskRow, ObjectNode> shown,
            LongSupplier nowMicros,
            CollectorRegistry registry) {
        this.tools =
                new WebhookWorker.Tools(
                        caller, told, shown, nowMicros, new WebhookMetrics(registry));
    }

    @Override
    public String name() {
        return "webhooks";
    }

    @Override
    public Duration pause() {
        return PAUSE;
    }

    @Override
    public void step(Rooms fenced) {
        List<WebhookRow> rows = fenced.webhooks().list(ReadLevel.LOCAL, Webhooks.ROWS_MAX);
        for (WebhookRow row : rows) {
            workers.computeIfAbsent(row.uuid(), _ -> new WebhookWorker(row.createdAt(), tools))
                    .begin(row.uuid(), fenced);
        }
        Set<String> there = rows.stream().map(WebhookRow::uuid).collect(Collectors.toSet());
        for (String uuid : List.copyOf(workers.keySet())) {
            if (!there.contains(uuid)) {
                workers.remove(uuid);
                tools.metrics().gone(uuid);
            }
        }
    }
}
