package io.miroir.sqlite;

/** What a commit means on disk. */
public enum Durability {
    /** A committed transaction survives power loss: each commit syncs the write-ahead log. */
    EVERY_COMMIT("FULL"),
    /**
     * Power loss may undo the last transactions, wholly: for a database behind a log that is synced
     * itself and replayed.
     */
    BEHIND_A_LOG("NORMAL");

    private final String synchronous;

    Durability(String synchronous) {
        this.synchronous = synchronous;
    }

    String synchronous() {
        return synchronous;
    }
}
