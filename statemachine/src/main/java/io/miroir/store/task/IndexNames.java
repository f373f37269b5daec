package io.miroir.store.task;

import java.util.Collections;
import java.util.HashSet;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Names of indexes.
 *
 * @param uids these; without those that begin in one of the ways
 * @param beginnings and all that begin in one of these ways, of which none begins with another
 */
public record IndexNames(Set<String> uids, NavigableSet<String> beginnings) {
    /** Any name. */
    public static final IndexNames ALL = new IndexNames(Set.of(), new TreeSet<>(Set.of("")));

    /** Each is looked up by itself, in a microsecond. */
    private static final int FEW_MAX = 128;

    public IndexNames {
        NavigableSet<String> shortest = new TreeSet<>();
        for (String beginning : beginnings) {
            // In their order what a beginning covers comes right behind it.
            if (shortest.isEmpty() || !beginning.startsWith(shortest.last())) {
                shortest.add(beginning);
            }
        }
        Set<String> others = new HashSet<>(uids);
        others.removeIf(uid -> begins(shortest, uid));
        uids = Collections.unmodifiableSet(others);
        beginnings = Collections.unmodifiableNavigableSet(shortest);
    }

    /** Just these. */
    public static IndexNames of(Set<String> uids) {
        return new IndexNames(uids, Collections.emptyNavigableSet());
    }

    /** Whether a name is one of them. */
    public boolean contains(@Nullable String uid) {
        return uid != null && (uids.contains(uid) || begins(beginnings, uid));
    }

    /** Those that are of both. */
    public IndexNames and(IndexNames others) {
        Set<String> bothUids = new HashSet<>();
        NavigableSet<String> both = new TreeSet<>();
        gather(others, bothUids, both);
        others.gather(this, bothUids, both);
        return new IndexNames(bothUids, both);
    }

    private void gather(IndexNames others, Set<String> bothUids, Set<String> both) {
        uids.stream().filter(others::contains).forEach(bothUids::add);
        beginnings.stream()
                .filter(beginning -> begins(others.beginnings, beginning))
                .forEach(both::add);
    }

    /** Whether to find their tasks takes no more than a moment, however many tasks there are. */
    boolean areFew() {
        return beginnings.isEmpty() && uids.size() <= FEW_MAX;
    }

    // Whatever lies between a beginning and a name that has it has it too: so would a beginning
    // that lies there, and it would not be kept.
    private static boolean begins(NavigableSet<String> beginnings, String name) {
        String nearest = beginnings.floor(name);
        return nearest != null && name.startsWith(nearest);
    }
}
