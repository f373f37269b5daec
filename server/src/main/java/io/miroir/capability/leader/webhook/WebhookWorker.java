package io.miroir.capability.leader.webhook;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import io.miroir.api.webhooks.Webhook;
import io.miroir.capability.leader.webhook.Backlog.Result;
import io.miroir.fanout.webhook.WebhookCaller;
import io.miroir.store.ReadLevel;
import io.miroir.store.Rooms;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.cdc.CdcCursorRow;
import io.miroir.store.cdc.CdcCursors;
import io.miroir.store.task.TaskRow;
import io.miroir.store.webhook.WebhookRow;
import io.miroir.store.webhook.Webhooks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/** Tells one webhook, on a thread that lives while there is something to tell. */
final class WebhookWorker {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookWorker.class);

    /** A webhook's tasks are of all indexes. */
    private static final String EVERY_INDEX = "";

    private final Tools tools;
    private final Backlog backlog;
    private final AtomicBoolean running = new AtomicBoolean();
    private final AtomicReference<String> untoldUrl = new AtomicReference<>("");

    /** What all workers share. */
    record Tools(
            WebhookCaller caller,
            WebhookDuty.Told told,
            Function<TaskRow, ObjectNode> shown,
            LongSupplier nowMicros,
            WebhookMetrics metrics) {}

    /**
     * A worker that begins with what ended since the webhook was made.
     *
     * @param createdAt store time
     */
    WebhookWorker(long createdAt, Tools tools) {
        this.tools = tools;
        this.backlog = new Backlog(createdAt);
    }

    /** Tells what is due, if that is not being done already. */
    void begin(String uuid, Rooms fenced) {
        if (running.compareAndSet(false, true)) {
            Thread.ofVirtual()
                    .name("webhook-" + uuid)
                    .start(
                            () -> {
                                try {
                                    tellAll(uuid, fenced);
                                } catch (StoreUnavailableException unavailable) {
                                    LOG.info("a webhook waits: {}", unavailable.getMessage());
                                } catch (InterruptedException stopped) {
                                    Thread.currentThread().interrupt();
                                } catch (RuntimeException bug) {
                                    LOG.error("webhook {} failed", uuid, bug);
                                } finally {
                                    running.set(false);
                                }
                            });
        }
    }

    void tellAll(String uuid, Rooms fenced) throws InterruptedException {
        String sink = Webhooks.sink(uuid);
        long stored =
                fenced.cdcCursors()
                        .get(ReadLevel.LOCAL, sink, EVERY_INDEX)
                        .map(CdcCursorRow::lastEventSeq)
                        .orElse(0L);
        backlog.moveTo(stored);
        Optional<WebhookRow> webhook = row(uuid, fenced);
        boolean more = true;
        while (more && webhook.isPresent()) {
            List<TaskRow> ended =
                    fenced.tasks().ended(ReadLevel.LOCAL, backlog.position(), backlog.limit());
            more = tell(webhook.get(), ended);
            backlog.advance(ended);
            // Under load this goes on for long, and one that is deleted meanwhile keeps no cursor.
            webhook = row(uuid, fenced);
            if (webhook.isEmpty()) {
                return;
            }
            long now = tools.nowMicros.getAsLong();
            tools.metrics.standing(uuid, now - backlog.oldestOpen(ended, now), backlog.ahead());
            if (more && backlog.position() > stored) {
                stored =
                        moved(
                                fenced.cdcCursors()
                                        .advance(sink, EVERY_INDEX, stored, backlog.position())
                                        .orThrow(),
                                stored);
            }
        }
    }

    private static Optional<WebhookRow> row(String uuid, Rooms fenced) {
        return fenced.webhooks().get(ReadLevel.LOCAL, uuid);
    }

    private long moved(CdcCursors.Move move, long before) {
        return switch (move) {
            case CdcCursors.Move.Moved moved -> moved.seq();
            // A leader of another term was here.
            case CdcCursors.Move.Changed elsewhere -> {
                backlog.moveTo(elsewhere.seq());
                yield elsewhere.seq();
            }
            // What is told from here on is told again by the next leader.
            case CdcCursors.Move.Full _ -> before;
        };
    }

    /** Tells what is due of these; false if nothing is. */
    private boolean tell(WebhookRow webhook, List<TaskRow> ended) throws InterruptedException {
        long now = tools.nowMicros.getAsLong();
        int expired = backlog.expire(ended, now);
        if (expired > 0) {
            LOG.warn("webhook {} was not told of {} tasks: too old", webhook.uuid(), expired);
            tools.metrics.expired(expired);
        }
        List<TaskRow> due = backlog.due(ended, now);
        if (due.isEmpty()) {
            return expired > 0;
        }
        tools.told.await();
        Map<TaskRow, Future<Result>> calls = new LinkedHashMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            due.forEach(task -> calls.put(task, threads.submit(() -> call(webhook, task))));
        }
        for (Map.Entry<TaskRow, Future<Result>> call : calls.entrySet()) {
            take(webhook, call.getKey(), result(call.getValue()));
        }
        return true;
    }

    private void take(WebhookRow webhook, TaskRow task, Result result) {
        tools.metrics.came(result);
        if (backlog.came(task, result, tools.nowMicros.getAsLong())) {
            LOG.warn("webhook {} does not want to be told of task {}", webhook.uuid(), task.uid());
            tools.metrics.gaveUp();
        }
    }

    private Result call(WebhookRow webhook, TaskRow task) throws InterruptedException {
        try {
            Webhook.requireOpen(webhook.uuid(), webhook.headers());
        } catch (ApiException closed) {
            LOG.warn("webhook {} waits: {}", webhook.uuid(), closed.text());
            return Result.FAILED;
        }
        byte[] line = Json.bytes(tools.shown.apply(task));
        return switch (tools.caller.post(webhook, task.uid(), line)) {
            case WebhookCaller.Reply.Answered answer -> judged(answer.status());
            case WebhookCaller.Reply.Unreached unreached -> {
                LOG.debug("webhook {}: {}", webhook.uuid(), unreached.why());
                yield Result.FAILED;
            }
            case WebhookCaller.Reply.Forbidden(var address) -> {
                warn(
                        webhook,
                        "the local address "
                                + address.getHostAddress()
                                + " is not among `server.webhook_ip_networks`");
                yield Result.UNCALLABLE;
            }
            case WebhookCaller.Reply.Uncallable uncallable -> {
                warn(webhook, uncallable.why());
                yield Result.UNCALLABLE;
            }
        };
    }

    /** Once for a URL: it is so for each task, again and again. */
    private void warn(WebhookRow webhook, String why) {
        if (!webhook.url().equals(untoldUrl.getAndSet(webhook.url()))) {
            LOG.warn("webhook {} is told nothing: {}", webhook.uuid(), why);
        }
    }

    /** What a status says: 408, 425 and 429 ask to come again. */
    static Result judged(int status) {
        if (status >= 200 && status < 300) {
            return Result.DELIVERED;
        }
        boolean later = status == 408 || status == 425 || status == 429;
        return status >= 400 && status < 500 && !later ? Result.REFUSED : Result.FAILED;
    }

    private static Result result(Future<Result> call) throws InterruptedException {
        try {
            return call.get();
        } catch (ExecutionException bug) {
            throw new IllegalStateException("telling a webhook", bug.getCause());
        }
    }
}
