package io.miroir.raft.link;

import org.jspecify.annotations.Nullable;

/** What a frame holds. Numbers are never used again for something else. */
enum Kind {
    APPEND(1),
    VOTE(2),
    INSTALL(3),
    START_ELECTION(4),
    READ_INDEX(5),
    SUBMIT(6),
    /** Whether a member is still in a term: its number is that of the call. */
    IS_TERM(7),
    /** An answer: the request could not be carried out, in words. */
    FAILED(64);

    private static final Kind[] BY_NUMBER = new Kind[128];

    static {
        for (Kind kind : values()) {
            BY_NUMBER[kind.number] = kind;
        }
    }

    final byte number;

    Kind(int number) {
        this.number = (byte) number;
    }

    static @Nullable Kind of(byte number) {
        return number < 0 ? null : BY_NUMBER[number];
    }
}
