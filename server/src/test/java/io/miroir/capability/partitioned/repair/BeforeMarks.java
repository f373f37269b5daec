package io.miroir.capability.partitioned.repair;

import io.miroir.Intercepted;
import io.miroir.store.TaskStore;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.Replicas;
import java.util.List;

/** A store in which something happens right before marks of replicas come to it. */
interface BeforeMarks {
    /** These rows are about to be marked. */
    void happens(List<ReplicaRow> rows);

    /** The same store otherwise. */
    default TaskStore in(TaskStore store) {
        Replicas replicas =
                Intercepted.by(
                        Replicas.class,
                        (_, method, args) -> {
                            if (args[0] instanceof ReplicaRow row) {
                                happens(List.of(row));
                            } else if (args[0] instanceof List<?> rows) {
                                happens(rows.stream().map(ReplicaRow.class::cast).toList());
                            }
                            return Intercepted.passed(store.replicas(), method, args);
                        });
        return Intercepted.by(
                TaskStore.class,
                (_, method, args) ->
                        method.getName().equals("replicas")
                                ? replicas
                                : Intercepted.passed(store, method, args));
    }
}
