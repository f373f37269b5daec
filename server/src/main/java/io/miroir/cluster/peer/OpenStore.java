package io.miroir.cluster.peer;

import io.miroir.store.TaskStore;
import io.miroir.store.backup.BackupStream;
import io.miroir.store.backup.OnlineBackup;
import java.util.Optional;
import java.util.function.Function;

/**
 * What other pods may follow and copy, once it is open.
 *
 * @param dumps those of this pod, by uid
 */
public record OpenStore(
        TaskStore store, OnlineBackup backups, Function<String, Optional<BackupStream>> dumps) {}
