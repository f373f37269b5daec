package io.miroir.cli.client;

import java.time.Duration;
import java.util.function.LongSupplier;
import tools.jackson.databind.JsonNode;

/**
 * Calls that must succeed, patiently: a server that is busy or between leaders is asked again for a
 * while. Only repeatable calls are asked again.
 */
public final class Api {
    private static final long PAUSE_MILLIS = 50;

    private final FailoverClient client;
    private final LongSupplier nanos;
    private final Duration patience;

    /**
     * @param patience for one call with all its repetitions, and for one task
     */
    public Api(FailoverClient client, LongSupplier nanos, Duration patience) {
        this.client = client;
        this.nanos = nanos;
        this.patience = patience;
    }

    /** The answer's JSON; {@link ApiFailure} if no attempt succeeded. */
    public JsonNode call(ApiCall call) {
        long deadline = nanos.getAsLong() + patience.toNanos();
        while (true) {
            Reply reply = client.call(call);
            if (reply instanceof Reply.Answered(ApiAnswer answer, var by, int skipped)) {
                if (answer.isSuccess()) {
                    return answer.json();
                }
                if (!isPassing(answer.status())) {
                    throw new ApiFailure(call + " was refused: " + answer);
                }
            }
            boolean mayRepeat = call.repeatable() || !isIndeterminate(reply);
            if (!mayRepeat || nanos.getAsLong() > deadline) {
                throw new ApiFailure(call + " did not succeed: " + describe(reply));
            }
            pause();
        }
    }

    /** Makes a change and waits until its task has succeeded; gives the task. */
    public JsonNode change(ApiCall call) {
        return awaitTask(call(call).path("taskUid").asLong());
    }

    /** Waits for a task's end; {@link ApiFailure} unless it succeeded. */
    public JsonNode awaitTask(long uid) {
        long deadline = nanos.getAsLong() + patience.toNanos();
        while (true) {
            JsonNode task = call(ApiCall.get("/tasks/" + uid));
            String status = task.path("status").asString("");
            if (status.equals("succeeded")) {
                return task;
            }
            if (status.equals("failed") || status.equals("canceled")) {
                throw new ApiFailure("Task " + uid + " did not succeed: " + task);
            }
            if (nanos.getAsLong() > deadline) {
                throw new ApiFailure(
                        "Task %d is still %s after %d s."
                                .formatted(uid, status, patience.toSeconds()));
            }
            pause();
        }
    }

    /** Too many requests, or nobody there at the moment. */
    private static boolean isPassing(int status) {
        return status == 429 || status == 502 || status == 503 || status == 504;
    }

    private static boolean isIndeterminate(Reply reply) {
        return switch (reply) {
            case Reply.Answered answered -> answered.answer().status() != 429;
            case Reply.Unanswered unanswered -> unanswered.indeterminate();
        };
    }

    private static String describe(Reply reply) {
        return switch (reply) {
            case Reply.Answered answered -> answered.answer().toString();
            case Reply.Unanswered unanswered -> String.join("; ", unanswered.reasons());
        };
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiFailure("interrupted");
        }
    }
}
