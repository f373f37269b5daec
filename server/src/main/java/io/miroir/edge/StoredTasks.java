package io.miroir.edge;

import io.miroir.api.Json;
import io.miroir.api.keys.Access;
import io.miroir.api.keys.IndexPattern;
import io.miroir.api.tasks.TaskFilter;
import io.miroir.api.tasks.TaskStatus;
import io.miroir.api.tasks.TaskType;
import io.miroir.api.tasks.TaskView;
import io.miroir.api.tasks.TasksQuery;
import io.miroir.fanout.lane.Details;
import io.miroir.store.task.IndexNames;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskQuery.DateBounds;
import io.miroir.store.task.TaskRow;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The store's tasks in the words of the API. */
public final class StoredTasks {
    /** Tasks that may have nothing to tell besides; others show details, be they empty. */
    private static final Set<io.miroir.store.task.TaskType> BARE =
            EnumSet.of(
                    io.miroir.store.task.TaskType.SNAPSHOT_CREATION,
                    io.miroir.store.task.TaskType.INDEX_COMPACTION);

    private StoredTasks() {}

    /** A task as clients see it. */
    public static TaskView view(TaskRow row) {
        Details details = Details.parse(row.detailsJson());
        ObjectNode visible = details.visible();
        TaskRow.Dates dates = row.dates();
        return new TaskView(
                new TaskView.Ids(row.uid(), row.batchUid(), row.canceledBy()),
                new TaskView.Subject(
                        TaskType.named(row.type().wireName()).orElseThrow(),
                        row.indexUid() == null ? row.names() : List.of(row.indexUid()),
                        details.customMetadata()),
                TaskStatus.named(row.status().wireName()).orElseThrow(),
                new TaskView.Times(
                        StoreTime.instant(dates.enqueuedAt()),
                        dates.startedAt() == null ? null : StoreTime.instant(dates.startedAt()),
                        dates.finishedAt() == null ? null : StoreTime.instant(dates.finishedAt())),
                visible.isEmpty() && isBare(row) ? null : named(visible, row.names()),
                row.errorJson() == null ? null : Json.parseObject(row.errorJson()));
    }

    // A compaction of no index shows empty details.
    private static boolean isBare(TaskRow row) {
        boolean failedCompaction =
                row.type() == io.miroir.store.task.TaskType.INDEX_COMPACTION
                        && row.status() == io.miroir.store.task.TaskStatus.FAILED;
        return BARE.contains(row.type()) && !failedCompaction;
    }

    /** The query of a list, of what a key may see. */
    static TaskQuery query(TasksQuery asked, Access access) {
        TaskQuery query = query(asked);
        return access.allowsAll() ? query : query.within(visible(access));
    }

    private static IndexNames visible(Access access) {
        IndexNames ofKey =
                access.key() == null ? IndexNames.ALL : names(access.key().grant().indexes());
        return access.rules() == null ? ofKey : ofKey.and(names(access.rules().filters().keySet()));
    }

    private static IndexNames names(Collection<IndexPattern> patterns) {
        Set<String> uids = new HashSet<>();
        NavigableSet<String> beginnings = new TreeSet<>();
        for (IndexPattern pattern : patterns) {
            pattern.beginning().ifPresentOrElse(beginnings::add, () -> uids.add(pattern.text()));
        }
        return new IndexNames(uids, beginnings);
    }

    /** Whether a key may see the task: one that is of no single index is for keys of all. */
    static boolean visible(Access access, TaskRow row) {
        return access.allowsAll()
                || (row.indexUid() != null
                        && access.allows(row.indexUid())
                        && row.names().stream().allMatch(access::allows));
    }

    // Indexes that moved later are told by the names that they have now.
    private static ObjectNode named(ObjectNode visible, List<String> names) {
        int next = 0;
        for (JsonNode swap : visible.path("swaps")) {
            if (next + 2 <= names.size() && swap instanceof ObjectNode pair) {
                pair.putArray("indexes").add(names.get(next)).add(names.get(next + 1));
                next += 2;
            }
        }
        return visible;
    }

    /** The query of a list. */
    static TaskQuery query(TasksQuery asked) {
        TaskFilter filter = asked.filter();
        return new TaskQuery(
                filter.numbers().uids(),
                filter.numbers().batchUids(),
                mapped(
                        filter.kinds().statuses(),
                        status ->
                                io.miroir.store.task.TaskStatus.of(status.wireName())
                                        .orElseThrow()),
                mapped(
                        filter.kinds().types(),
                        type -> io.miroir.store.task.TaskType.of(type.wireName()).orElseThrow()),
                filter.kinds().indexUids() == null
                        ? null
                        : IndexNames.of(filter.kinds().indexUids()),
                filter.numbers().canceledBy(),
                bounds(filter.enqueued()),
                bounds(filter.started()),
                bounds(filter.finished()),
                asked.from(),
                (int) Math.min(asked.limit(), TaskQuery.LIMIT_MAX),
                asked.reverse());
    }

    private static <A, B> @Nullable Set<B> mapped(@Nullable Set<A> set, Function<A, B> word) {
        return set == null ? null : set.stream().map(word).collect(Collectors.toSet());
    }

    private static DateBounds bounds(TaskFilter.Span span) {
        return new DateBounds(
                span.after() == null ? null : StoreTime.micros(span.after()),
                span.before() == null ? null : StoreTime.micros(span.before()));
    }
}
