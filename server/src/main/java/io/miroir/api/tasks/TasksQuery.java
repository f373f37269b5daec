package io.miroir.api.tasks;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Timestamps;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of the routes that list, cancel and delete tasks (and list batches).
 *
 * @param limit how many are shown
 * @param from the first uid shown; null begins at the newest (oldest in reverse)
 * @param reverse oldest first
 */
public record TasksQuery(TaskFilter filter, long limit, @Nullable Long from, boolean reverse) {
    /** Task uids, limits and the like are 32 bits wide. */
    public static final long UID_MAX = 0xFFFF_FFFFL;

    private static final long LIMIT_DEFAULT = 20;
    private static final String ANY = "*";

    private static final Shape.Field[] PAGING = {
        field("limit", ErrorCode.INVALID_TASK_LIMIT, Check.unsigned(UID_MAX)),
        field("from", ErrorCode.INVALID_TASK_FROM, Check.unsigned(UID_MAX)),
        field("reverse", ErrorCode.INVALID_TASK_REVERSE, Check.BOOLEAN)
    };

    private static final Shape.Field UIDS =
            field("uids", ErrorCode.INVALID_TASK_UIDS, listOf(TasksQuery::checkUid));
    private static final Shape.Field BATCH_UIDS =
            field("batchUids", ErrorCode.INVALID_BATCH_UIDS, listOf(TasksQuery::checkUid));

    private static final Shape.Field[] REST = {
        field("canceledBy", ErrorCode.INVALID_TASK_CANCELED_BY, listOf(TasksQuery::checkUid)),
        field("types", ErrorCode.INVALID_TASK_TYPES, listOf(TasksQuery::checkType)),
        field("statuses", ErrorCode.INVALID_TASK_STATUSES, listOf(TasksQuery::checkStatus)),
        field("indexUids", ErrorCode.INVALID_INDEX_UID, listOf(Check.INDEX_UID)),
        date("afterEnqueuedAt", ErrorCode.INVALID_TASK_AFTER_ENQUEUED_AT),
        date("beforeEnqueuedAt", ErrorCode.INVALID_TASK_BEFORE_ENQUEUED_AT),
        date("afterStartedAt", ErrorCode.INVALID_TASK_AFTER_STARTED_AT),
        date("beforeStartedAt", ErrorCode.INVALID_TASK_BEFORE_STARTED_AT),
        date("afterFinishedAt", ErrorCode.INVALID_TASK_AFTER_FINISHED_AT),
        date("beforeFinishedAt", ErrorCode.INVALID_TASK_BEFORE_FINISHED_AT)
    };

    // The orders differ because the messages of the two kinds of routes list them so.
    private static final Shape LIST = shape(PAGING, new Shape.Field[] {BATCH_UIDS, UIDS}, REST);
    private static final Shape SELECTION = shape(new Shape.Field[] {UIDS, BATCH_UIDS}, REST);

    /** Reads the parameters of a list. */
    public static TasksQuery list(Map<String, String> parameters) {
        LIST.check(StrictValue.query(parameters));
        String limit = parameters.get("limit");
        String from = parameters.get("from");
        return new TasksQuery(
                filter(parameters),
                limit == null ? LIMIT_DEFAULT : Long.parseLong(limit),
                from == null ? null : Long.valueOf(from),
                Boolean.parseBoolean(parameters.get("reverse")));
    }

    /**
     * Reads the parameters that select tasks to cancel or delete; at least one is needed.
     *
     * @param purpose {@code cancel} or {@code delete}
     */
    public static TaskFilter selection(Map<String, String> parameters, String purpose) {
        if (parameters.isEmpty()) {
            throw new ApiException(
                    ErrorCode.MISSING_TASK_FILTERS,
                    "Query parameters to filter the tasks to "
                            + purpose
                            + " are missing. Available query parameters are: `uids`, `indexUids`,"
                            + " `statuses`, `types`, `canceledBy`, `beforeEnqueuedAt`,"
                            + " `afterEnqueuedAt`, `beforeStartedAt`, `afterStartedAt`,"
                            + " `beforeFinishedAt`, `afterFinishedAt`.");
        }
        SELECTION.check(StrictValue.query(parameters));
        return filter(parameters);
    }

    /**
     * The number in a path like {@code /tasks/42}.
     *
     * @param word {@code Task} or {@code Batch}
     */
    public static long uidInPath(String text, String word) {
        String number = text.startsWith("+") ? text.substring(1) : text;
        boolean digits = !number.isEmpty() && number.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || number.length() > 10 || Long.parseLong(number) > UID_MAX) {
            throw new ApiException(
                    word.equals("Task")
                            ? ErrorCode.INVALID_TASK_UIDS
                            : ErrorCode.INVALID_BATCH_UIDS,
                    word
                            + " uid `"
                            + text
                            + "` is invalid. It should only contain numeric characters.");
        }
        return Long.parseLong(number);
    }

    private static TaskFilter filter(Map<String, String> p) {
        return new TaskFilter(
                new TaskFilter.Numbers(
                        set(p.get("uids"), Long::valueOf),
                        set(p.get("batchUids"), Long::valueOf),
                        set(p.get("canceledBy"), Long::valueOf)),
                new TaskFilter.Kinds(
                        set(p.get("types"), word -> TaskType.named(word).orElseThrow()),
                        set(p.get("statuses"), word -> TaskStatus.named(word).orElseThrow()),
                        set(p.get("indexUids"), Function.identity())),
                span(p.get("afterEnqueuedAt"), p.get("beforeEnqueuedAt")),
                span(p.get("afterStartedAt"), p.get("beforeStartedAt")),
                span(p.get("afterFinishedAt"), p.get("beforeFinishedAt")));
    }

    private static <T> @Nullable Set<T> set(@Nullable String text, Function<String, T> reader) {
        if (text == null || words(text).contains(ANY)) {
            return null;
        }
        Set<T> values = new LinkedHashSet<>();
        words(text).forEach(word -> values.add(reader.apply(word)));
        return values;
    }

    /** Empty ones don't count. */
    private static List<String> words(String text) {
        return Arrays.stream(text.split(",")).filter(word -> !word.isEmpty()).toList();
    }

    private static TaskFilter.Span span(@Nullable String after, @Nullable String before) {
        return new TaskFilter.Span(
                after == null || after.equals(ANY) ? null : time(after, true).orElseThrow(),
                before == null || before.equals(ANY) ? null : time(before, false).orElseThrow());
    }

    /** A date-time, or a day: after a day means after its end, before it before its begin. */
    private static Optional<Instant> time(String text, boolean after) {
        return Timestamps.parseRfc3339(text)
                .or(
                        () ->
                                Timestamps.parseDay(text)
                                        .map(day -> after ? day.plus(1, ChronoUnit.DAYS) : day))
                .map(OffsetDateTime::toInstant);
    }

    private static Shape.Field field(String name, ErrorCode code, Check check) {
        return new Shape.Field(name, code, check, null);
    }

    private static Shape.Field date(String name, ErrorCode code) {
        return field(
                name,
                code,
                value -> {
                    String text = value.string();
                    if (!text.equals(ANY) && time(text, false).isEmpty()) {
                        throw value.invalid(
                                "`"
                                        + text
                                        + "` is an invalid date-time. It should follow the"
                                        + " YYYY-MM-DD or RFC 3339 date-time format.");
                    }
                });
    }

    /** A list of words between commas; errors name the place of a word if there are several. */
    private static Check listOf(Check element) {
        return value -> {
            List<String> words = words(value.string());
            for (int i = 0; i < words.size(); i++) {
                if (words.get(i).equals(ANY)) {
                    continue;
                }
                element.check(value.word(words.get(i), words.size() > 1 ? i : -1));
            }
        };
    }

    private static void checkUid(StrictValue value) {
        value.unsigned(UID_MAX);
    }

    private static void checkType(StrictValue value) {
        if (TaskType.named(value.string()).isEmpty()) {
            throw value.invalid(
                    "`"
                            + value.string()
                            + "` is not a valid task type. Available types are "
                            + listed(TaskType.NAMES)
                            + ".");
        }
    }

    private static void checkStatus(StrictValue value) {
        if (TaskStatus.named(value.string()).isEmpty()) {
            throw value.invalid(
                    "`"
                            + value.string()
                            + "` is not a valid task status. Available statuses are "
                            + listed(TaskStatus.NAMES)
                            + ".");
        }
    }

    private static String listed(List<String> words) {
        return "`" + String.join("`, `", words) + "`";
    }

    private static Shape shape(Shape.Field[]... groups) {
        List<Shape.Field> fields = new ArrayList<>();
        for (Shape.Field[] group : groups) {
            fields.addAll(List.of(group));
        }
        return Shape.of(fields.toArray(Shape.Field[]::new));
    }
}
