package io.miroir.store.backup;

/** What came of reading a backup. */
public sealed interface Reading {

    /** It is whole: checksum, tables and figures agree. */
    record Sound(Summary summary) implements Reading {}

    /** It must not be restored; {@code reason} says what is wrong. */
    record Damaged(String reason) implements Reading {}
}
