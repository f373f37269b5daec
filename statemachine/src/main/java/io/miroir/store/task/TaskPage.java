package io.miroir.store.task;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of tasks.
 *
 * @param next uid to ask for next, null at the end
 * @param total tasks that match the filters, whatever the page
 */
public record TaskPage(List<TaskRow> tasks, @Nullable Long next, long total) {}
