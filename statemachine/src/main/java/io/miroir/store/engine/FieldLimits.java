package io.miroir.store.engine;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.miroir.store.alias.AliasRow;
import io.miroir.store.alias.Aliases;
import io.miroir.store.canary.CanaryRunStatus;
import io.miroir.store.format.CommandFormats;
import io.miroir.store.job.Jobs;
import io.miroir.store.lane.Lanes;
import io.miroir.store.lease.Leases;
import io.miroir.store.limit.StoreLimits;
import io.miroir.store.ratelimit.RateLimits;
import io.miroir.store.ratelimit.RateScope;
import io.miroir.store.replica.Replicas;
import io.miroir.store.scopedkey.ScopedKeys;
import io.miroir.store.session.Sessions;
import io.miroir.store.task.TaskStatus;
import io.miroir.store.task.TaskType;
import io.miroir.store.task.Tasks;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.ToIntFunction;

/**
 * What each field of a command may hold: the range of a number, how long a text is and a list. So
 * every row has a limit in bytes, too. What nothing is said of here has that of its kind: a field
 * that is added is bounded from its first day.
 *
 * <p>Wide enough for whatever pods have to tell of nodes: a refusal comes too late there, as nodes
 * were asked already.
 */
final class FieldLimits {
    /** Characters of a name or a uid: of an index, a node, a pod, a session. */
    static final int NAME_CHARS_MAX = 512;

    /** Characters of what clients and operators tell of a thing: its description, its query. */
    static final int TEXT_CHARS_MAX = 64 << 10;

    /** Characters of what has the room of a whole command, whose bytes are bounded themselves. */
    static final int COMMAND_CHARS_MAX = 1 << 20;

    /** Characters of a primary key. */
    private static final int KEY_CHARS_MAX = 16 << 10;

    private static final int HASH_BYTES_MAX = 64;

    /** Elements of a list: as many as there are shards at most. */
    private static final int LIST_MAX = Replicas.SHARDS_MAX;

    /** A swap of as many names as a task may speak of, with what it expects of each. */
    private static final int EFFECTS_MAX = 4 * Lanes.NAMES_MAX;

    private static final int API_KEYS_MAX = 100;
    private static final int HEADERS_MAX = 1_024;
    private static final int PODS_MAX = 100;

    /** Events in one segment. */
    static final long SEGMENT_EVENTS_MAX = 1L << 40;

    /**
     * What a field may hold.
     *
     * @param min of a number, or of the length of a text (characters) or of bytes
     * @param max the same
     * @param countMax elements, where it is a list
     */
    record Limit(long min, long max, int countMax) {}

    private static final Map<String, Limit> DECLARED = declared();

    private FieldLimits() {}

    /** What the field may hold. */
    static Limit of(FieldDescriptor field) {
        Limit declared = DECLARED.get(name(field));
        return declared == null ? ofItsKind(field) : declared;
    }

    private static Limit ofItsKind(FieldDescriptor field) {
        return switch (field.getType()) {
            case STRING -> limit(0, isJson(field) ? COMMAND_CHARS_MAX : NAME_CHARS_MAX);
            case BYTES -> limit(0, HASH_BYTES_MAX);
            case UINT32 -> limit(0, Integer.MAX_VALUE);
            case UINT64, FIXED64 -> limit(0, Long.MAX_VALUE);
            case SINT64 -> limit(Long.MIN_VALUE, Long.MAX_VALUE);
            case BOOL, MESSAGE -> limit(0, 0);
            default -> throw new IllegalStateException("no limit for " + field.getFullName());
        };
    }

    private static boolean isJson(FieldDescriptor field) {
        return field.getType() == FieldDescriptor.Type.STRING && field.getName().endsWith("json");
    }

    /** {@code NewJob.attempts_max}. */
    static String name(FieldDescriptor field) {
        return field.getContainingType().getName() + "." + field.getName();
    }

    private static Map<String, Limit> declared() {
        Map<String, Limit> limits = new HashMap<>();
        tasks(limits);
        indexes(limits);
        work(limits);
        accounts(limits);
        operators(limits);
        TreeSet<String> unknown = new TreeSet<>(limits.keySet());
        for (Descriptor message : CommandFormats.messages()) {
            message.getFields().forEach(field -> unknown.remove(name(field)));
        }
        if (!unknown.isEmpty()) {
            throw new IllegalStateException("limits of fields that there are not: " + unknown);
        }
        return Map.copyOf(limits);
    }

    private static void tasks(Map<String, Limit> limits) {
        Limit type = limit(0, highest(TaskType.values(), TaskType::code));
        Limit ended =
                limit(TaskStatus.SUCCEEDED.code(), highest(TaskStatus.values(), TaskStatus::code));
        Limit shards = list(LIST_MAX, 0, Replicas.SHARDS_MAX - 1);
        Limit effects = list(EFFECTS_MAX, 0, 0);
        limits.put("Intend.kind", limit(0, Lanes.KIND_CHARS_MAX));
        limits.put("Intend.idempotency_key", limit(0, Lanes.IDEMPOTENCY_KEY_CHARS_MAX));
        limits.put("Intend.idempotency_ttl_micros", lifetime());
        limits.put("Intend.session_id", limit(0, Sessions.ID_CHARS_MAX));
        limits.put("Intend.shard", shards);
        limits.put("Intend.primary_key", limit(0, KEY_CHARS_MAX));
        limits.put("Bind.type", type);
        limits.put("Bind.terminal_status", ended);
        limits.put("Bind.effect", effects);
        limits.put("Counted.shard", shards);
        limits.put("Missed.shard", shards);
        limits.put("Missed.reason", limit(0, COMMAND_CHARS_MAX));
        limits.put("Abandon.reason", limit(0, Lanes.REASON_CHARS_MAX));
        limits.put("AffectIndex.effect", effects);
        limits.put("EnqueueTask.type", type);
        limits.put("EnqueueTask.terminal_status", ended);
        limits.put("EnqueueTask.session_id", limit(0, Sessions.ID_CHARS_MAX));
        limits.put("IdempotencyKey.key", limit(0, Lanes.IDEMPOTENCY_KEY_CHARS_MAX));
        limits.put("IdempotencyKey.ttl_micros", lifetime());
        limits.put("FinishTask.status", ended);
        limits.put("FinishTask.effect", effects);
        limits.put("DeleteTasks.uid", list(Tasks.DELETE_MAX, 0, Long.MAX_VALUE));
    }

    private static void indexes(Map<String, Limit> limits) {
        limits.put("Barrier.index_uid", list(Lanes.NAMES_MAX, 0, NAME_CHARS_MAX));
        limits.put("IndexCreated.uid", limit(1, NAME_CHARS_MAX));
        limits.put("IndexCreated.incarnation", limit(1, Long.MAX_VALUE));
        limits.put("IndexCreated.primary_key", limit(0, KEY_CHARS_MAX));
        limits.put("IndexCreated.shards", limit(1, Replicas.SHARDS_MAX));
        limits.put("IndexRenamed.new_uid", limit(1, NAME_CHARS_MAX));
        limits.put("IndexFrozen.reason", limit(0, COMMAND_CHARS_MAX));
        limits.put("PrimaryKeySet.primary_key", limit(0, KEY_CHARS_MAX));
        limits.put("NodeReplicas.states", limit(1, Replicas.SHARDS_MAX));
        limits.put("ReplicasOut.shard", list(LIST_MAX, 0, Replicas.SHARDS_MAX - 1));
        limits.put("MarkReplicas.states", limit(1, Replicas.SHARDS_MAX));
        limits.put("FlipAlias.alias_kind", codes(AliasRow.Kind.values(), AliasRow.Kind::code));
        limits.put("FlipAlias.target", list(Aliases.TARGETS_MAX, 0, NAME_CHARS_MAX));
    }

    private static void work(Map<String, Limit> limits) {
        limits.put("EnqueueJobs.job", list(Jobs.ENQUEUE_MAX, 0, 0));
        limits.put("NewJob.id", limit(1, Jobs.ID_CHARS_MAX));
        limits.put("NewJob.attempts_max", limit(1, Jobs.ATTEMPTS_MAX));
        limits.put("NewJob.delay_micros", lifetime());
        limits.put("NewJob.backoff_micros", lifetime());
        limits.put("ClaimJob.type", list(Jobs.TYPES_MAX, 0, NAME_CHARS_MAX));
        limits.put("ClaimJob.claim_micros", limit(0, Jobs.CLAIM_MICROS_MAX));
        limits.put("BeatJob.claim_micros", limit(0, Jobs.CLAIM_MICROS_MAX));
        limits.put("CompleteJob.follow_up", list(Jobs.ENQUEUE_MAX, 0, 0));
        limits.put("TakeLease.lease_micros", limit(0, Leases.LEASE_MICROS_MAX));
        limits.put("RenewLease.lease_micros", limit(0, Leases.LEASE_MICROS_MAX));
        // What was released has 0: nobody goes on with it.
        limits.put("RenewLease.epoch", limit(1, Long.MAX_VALUE));
        limits.put("ReleaseLease.epoch", limit(1, Long.MAX_VALUE));
        limits.put("AddOverflow.bytes", limit(1, StoreLimits.OVERFLOW_BYTES_MAX));
        limits.put("AddOverflow.pod_id", list(PODS_MAX, 0, NAME_CHARS_MAX));
        limits.put("CanaryRun.status", codes(CanaryRunStatus.values(), CanaryRunStatus::code));
        limits.put("CanaryRun.failed_assertions_json", limit(0, TEXT_CHARS_MAX));
    }

    private static void accounts(Map<String, Limit> limits) {
        limits.put("Session.session_id", limit(0, Sessions.ID_CHARS_MAX));
        limits.put("MakeApiKeys.key", list(API_KEYS_MAX, 0, 0));
        limits.put("SightScopedKeys.sighting", list(ScopedKeys.SIGHTINGS_PER_COMMAND_MAX, 0, 0));
        limits.put("LeaseTokens.scope", codes(RateScope.values(), RateScope::code));
        limits.put("LeaseTokens.tokens_max", limit(0, RateLimits.TOKENS_MAX));
        limits.put("LeaseTokens.window_micros", lifetime());
        limits.put("LeaseTokens.ask", list(RateLimits.ASKS_MAX, 0, 0));
        // The empty one is that of all for which there is no room.
        limits.put("TokenAsk.address", limit(1, RateLimits.ADDRESS_CHARS_MAX));
        limits.put("RecordLogin.address", limit(1, RateLimits.ADDRESS_CHARS_MAX));
    }

    private static void operators(Map<String, Limit> limits) {
        Limit text = limit(0, TEXT_CHARS_MAX);
        limits.put("Canary.query_json", text);
        limits.put("Canary.assertions_json", text);
        limits.put("RolloverPolicy.triggers_json", text);
        limits.put("RolloverPolicy.retention_json", text);
        limits.put("RolloverPolicy.template_json", text);
        limits.put("SearchUiConfig.config_json", text);
        limits.put("AdminSession.user_agent", text);
        limits.put("ApiKey.name", text);
        limits.put("ApiKey.description", text);
        limits.put("RelabelApiKey.name", text);
        limits.put("RelabelApiKey.description", text);
        limits.put("Webhook.url", text);
        limits.put("Webhook.header_name", list(HEADERS_MAX, 0, COMMAND_CHARS_MAX));
        limits.put("Webhook.header_value", list(HEADERS_MAX, 0, COMMAND_CHARS_MAX));
        limits.put("Reseal.value", list(HEADERS_MAX, 0, COMMAND_CHARS_MAX));
        limits.put("Limits.tasks_max", limit(StoreLimits.TASKS_MAX_MIN, StoreLimits.ROWS_MAX));
        limits.put("Limits.task_retention_micros", limitsLifetime());
        limits.put("Limits.idempotency_keys_max", limit(1, StoreLimits.ROWS_MAX));
        limits.put("Limits.idempotency_ttl_micros", limitsLifetime());
        limits.put("Limits.sessions_max", limit(1, StoreLimits.ROWS_MAX));
        limits.put("Limits.session_ttl_micros", limitsLifetime());
        limits.put("Limits.jobs_max", limit(1, StoreLimits.ROWS_MAX));
        limits.put("Limits.job_retention_micros", limitsLifetime());
        limits.put("Limits.alias_history_max", limit(0, StoreLimits.ALIAS_HISTORY_MAX));
        limits.put("Limits.canary_runs_max", limit(1, StoreLimits.CANARY_RUNS_MAX));
        limits.put("Limits.cdc_overflow_bytes_max", limit(0, StoreLimits.OVERFLOW_BYTES_MAX));
        limits.put("Limits.rate_buckets_max", limit(1, StoreLimits.ROWS_MAX));
    }

    private static Limit limit(long min, long max) {
        return list(LIST_MAX, min, max);
    }

    private static Limit list(int countMax, long min, long max) {
        return new Limit(min, max, countMax);
    }

    /** From now on, at most: no time of the store's overflows by it. */
    private static Limit lifetime() {
        return limit(0, StoreLimits.LIFETIME_MICROS_MAX);
    }

    private static Limit limitsLifetime() {
        return limit(StoreLimits.LIFETIME_MICROS_MIN, StoreLimits.LIFETIME_MICROS_MAX);
    }

    private static <E> Limit codes(E[] values, ToIntFunction<E> code) {
        return limit(0, highest(values, code));
    }

    /** Codes are dense, from 0. */
    private static <E> int highest(E[] values, ToIntFunction<E> code) {
        return Arrays.stream(values).mapToInt(code).max().orElseThrow();
    }
}
