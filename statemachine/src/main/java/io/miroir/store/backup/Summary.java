package io.miroir.store.backup;

import java.util.SortedMap;

/**
 * What a backup holds.
 *
 * @param clusterId the cluster that it is of; empty where it had no id
 * @param podId the pod that wrote it
 * @param backend of that pod
 * @param databaseFormat what a program must know to restore it
 * @param appliedIndex last log index whose effects are in it
 * @param appliedTerm its term
 * @param storeTimeMicros store time of that entry, epoch microseconds
 * @param databaseBytes size of the database in it
 * @param tables what is in each table, by its name
 */
public record Summary(
        String clusterId,
        String podId,
        String backend,
        int databaseFormat,
        long appliedIndex,
        long appliedTerm,
        long storeTimeMicros,
        long databaseBytes,
        SortedMap<String, Figures> tables) {

    /**
     * What is in a table.
     *
     * @param sha256 hex, of its rows in key order: equal to the digest of a live store that has
     *     applied the same
     */
    public record Figures(long rows, String sha256) {}

    /** Rows of a table; 0 if there is no such table. */
    public long rows(String table) {
        Figures figures = tables.get(table);
        return figures == null ? 0 : figures.rows();
    }

    /** Rows of all tables. */
    public long rows() {
        return tables.values().stream().mapToLong(Figures::rows).sum();
    }
}
