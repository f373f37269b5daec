package io.miroir.capability.partitioned.repair;

import io.miroir.store.TaskStore;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.Replicas;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A store in which something happens right before marks of replicas come to it. */
interface BeforeMarks {
    /** These rows are about to be marked. */
    void happens(List<ReplicaRow> rows);

    /** The same store otherwise. */
    default TaskStore in(TaskStore store) {
        Replicas replicas =
                proxy(
                        Replicas.class,
                        (_, method, args) -> {
                            if (args[0] instanceof ReplicaRow row) {
                                happens(List.of(row));
                            } else if (args[0] instanceof List<?> rows) {
                                happens(rows.stream().map(ReplicaRow.class::cast).toList());
                            }
                            return called(store.replicas(), method, args);
                        });
        return proxy(
                TaskStore.class,
                (_, method, args) ->
                        method.getName().equals("replicas")
                                ? replicas
                                : called(store, method, args));
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static @Nullable Object called(Object real, Method method, Object[] args)
            throws Throwable {
        try {
            return method.invoke(real, args);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }
}
