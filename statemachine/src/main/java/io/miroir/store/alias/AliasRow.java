package io.miroir.store.alias;

import java.util.List;

/**
 * One alias.
 *
 * @param kind whether it may be written through
 * @param targets index uids: exactly one for {@code SINGLE}, 1 to {@link Aliases#TARGETS_MAX} else
 * @param version counts flips, from 1
 * @param createdAt store time
 * @param history earlier targets, newest first, at most as many as the limits say
 */
public record AliasRow(
        String name,
        Kind kind,
        List<String> targets,
        long version,
        long createdAt,
        List<Past> history) {

    /** How many targets it has. */
    public enum Kind {
        /** May be written through. */
        SINGLE(0),
        /** Read only; its targets are searched together. */
        MULTI(1);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /** The stored number. */
        public int code() {
            return code;
        }

        /** By stored number; an unknown one is a bug or a corruption and throws. */
        public static Kind ofCode(int code) {
            for (Kind value : values()) {
                if (value.code == code) {
                    return value;
                }
            }
            throw new IllegalArgumentException("no alias kind " + code);
        }
    }

    /** What the alias pointed to up to {@code replacedAt} (store time). */
    public record Past(Kind kind, List<String> targets, long version, long replacedAt) {}
}
