package io.miroir.cluster.peer;

import io.miroir.store.TaskStore;
import io.miroir.store.backup.OnlineBackup;

/** What other pods may follow and copy, once it is open. */
public record OpenStore(TaskStore store, OnlineBackup backups) {}
