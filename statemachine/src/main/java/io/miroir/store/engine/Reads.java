package io.miroir.store.engine;

import io.miroir.sqlite.Sql;
import io.miroir.store.ReadLevel;
import io.miroir.store.task.TaskIndex;
import java.util.function.Function;

/** Lends reading connections at a level. */
public interface Reads {

    /** Estimate of store time, to leave out what is over but not swept yet. */
    long nowMicros();

    /** The format that commands from here may have, as applied by this pod; from memory. */
    int clusterFormat();

    /** Which tasks match, of the database that is current. */
    TaskIndex tasks();

    /** A few rows by key: on the caller's thread, microseconds. */
    <T> T point(ReadLevel level, Function<Sql, T> query);

    /**
     * Many rows, all of one state: on a small pool of platform threads, because SQLite pins the
     * carrier of a virtual thread for as long as it works (protocol rule 25).
     */
    <T> T scan(ReadLevel level, Function<Sql, T> query);
}
