package io.miroir.fanout.read;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.IndexUid;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.IndexView;
import io.miroir.fanout.AnswerBudget;
import io.miroir.store.index.IndexRow;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads by one version of an index's settings (protocol, rule 7). Before a node is changed every
 * pod knows that it is going to be. So if all that was asked is as it was when the answers are
 * there, none of them is by other settings; else it is asked again.
 */
final class OneVersion {
    /** Ways through the nodes for one read; settings don't change that fast. */
    static final int TRIES_MAX = 3;

    private final ClusterView view;

    OneVersion(ClusterView view) {
        this.view = view;
    }

    /** One way through the nodes. */
    @FunctionalInterface
    interface Read {
        /** Asks; the indexes are those of the queries, in their order. */
        Reading of(List<IndexView> indexes, AnswerBudget.Share share);
    }

    /** One way through the nodes for a read of one index. */
    @FunctionalInterface
    interface ReadOne {
        Reading of(IndexView index, AnswerBudget.Share share);
    }

    /** The index that clients know by that uid. */
    IndexView index(String uid) {
        return find(uid).orElseThrow(() -> IndexUid.absent(uid));
    }

    /** The index that clients know by that uid, if there is one. */
    Optional<IndexView> find(String uid) {
        return view.index(uid).filter(IndexView::ready);
    }

    /** As {@link #index(String)}, once it shows writes. */
    IndexView index(String uid, Terms.Writes writes) {
        Set<String> behind = writes.behind(uid);
        return index(uid).without(behind);
    }

    /** As {@link #read(List, Terms, Read)}, of one index. */
    ReadReply read(String uid, Terms terms, ReadOne read) {
        return read(List.of(uid), terms, (indexes, share) -> read.of(indexes.getFirst(), share));
    }

    /**
     * Reads.
     *
     * @param terms what the answer must be at least, and may take
     * @throws ApiException {@code miroir_settings_version_stale} if nodes with that version don't
     *     hold all that is asked for, {@code miroir_write_pending} if nodes with those writes don't
     */
    ReadReply read(List<String> uids, Terms terms, Read read) {
        while (true) {
            Map<String, Set<String>> behind = new HashMap<>();
            uids.forEach(uid -> behind.computeIfAbsent(uid, terms.writes()::behind));
            AnswerBudget.Share way = terms.share().part();
            boolean spares = behind.values().stream().anyMatch(nodes -> !nodes.isEmpty());
            try {
                ReadReply reply = readByOne(uids, terms.settingsVersion(), behind, way, read);
                if (!spares || reply.missing().isEmpty()) {
                    return reply;
                }
            } catch (ApiException refused) {
                if (!spares || refused.code() != ErrorCode.MIROIR_SHARD_UNAVAILABLE) {
                    throw refused;
                }
            }
            // Who has applied the writes did not answer: others may have them soon.
            way.close();
            terms.writes().again();
        }
    }

    private ReadReply readByOne(
            List<String> uids,
            long floor,
            Map<String, Set<String>> behind,
            AnswerBudget.Share way,
            Read read) {
        for (int tries = 1; ; tries++) {
            AnswerBudget.Share share = way.part();
            List<Planned> planned =
                    uids.stream().map(uid -> plan(uid, floor, behindOf(uid, behind))).toList();
            boolean last = tries == TRIES_MAX;
            Reading reading;
            try {
                reading = read.of(planned.stream().map(Planned::index).toList(), share);
            } catch (ApiException refused) {
                // By other settings it may be right.
                if (last || unchanged(planned, Optional.empty())) {
                    throw stale(planned, refused).orElse(refused);
                }
                share.close();
                continue;
            }
            if (!reading.missing().isEmpty() && planned.stream().anyMatch(Planned::narrowed)) {
                throw stale(floor);
            }
            boolean same = unchanged(planned, Optional.of(reading.asked()));
            if (same || last) {
                return reply(planned, reading, same);
            }
            share.close();
        }
    }

    private static Set<String> behindOf(String uid, Map<String, Set<String>> behind) {
        return behind.getOrDefault(uid, Set.of());
    }

    /**
     * An index as it is asked.
     *
     * @param floor that it was asked for
     * @param narrowed whether nodes were left out that have an older version
     */
    private record Planned(IndexView index, long floor, boolean narrowed) {
        boolean mixes(Set<String> asked) {
            return asked.stream().anyMatch(node -> !index.settled(node));
        }
    }

    private Planned plan(String uid, long floor, Set<String> behind) {
        IndexView index = index(uid).without(behind);
        if (index.row().settingsVersion() < floor) {
            // Another pod may have put it in force a moment ago.
            view.catchUp();
            index = index(uid).without(behind);
            if (index.row().settingsVersion() < floor) {
                throw stale(floor);
            }
        }
        List<String> unsettled = index.row().standing().unsettled();
        if (floor == 0 || unsettled.isEmpty()) {
            return new Planned(index, floor, false);
        }
        Map<String, Long> verified = view.verifiedSettings(uid);
        Set<String> older = new HashSet<>(unsettled);
        older.removeIf(node -> verified.getOrDefault(node, 0L) >= floor);
        return new Planned(index.without(older), floor, !older.isEmpty());
    }

    /**
     * Whether what was asked is as it was when it was planned.
     *
     * @param asked nodes that answered; empty if nobody knows which
     */
    private boolean unchanged(List<Planned> planned, Optional<Set<String>> asked) {
        return planned.stream().allMatch(one -> unchanged(one.index(), asked));
    }

    private boolean unchanged(IndexView before, Optional<Set<String>> asked) {
        IndexRow row = before.row();
        Optional<IndexView> now =
                view.index(row.uid())
                        .filter(index -> index.row().incarnation() == row.incarnation())
                        .filter(index -> index.row().settingsVersion() == row.settingsVersion());
        if (now.isEmpty()) {
            return false;
        }
        // One that is settled again counts too: what it was given may have been undone.
        Map<String, Integer> doubts = now.get().doubts();
        return asked.orElse(doubts.keySet()).stream()
                .allMatch(node -> Objects.equals(doubts.get(node), before.doubts().get(node)));
    }

    private static ReadReply reply(List<Planned> planned, Reading reading, boolean same) {
        Set<String> inconsistent = new TreeSet<>();
        Set<Long> versions = new HashSet<>();
        Set<String> uids = new HashSet<>();
        for (Planned one : planned) {
            IndexRow row = one.index().row();
            if (!same || one.mixes(reading.asked())) {
                inconsistent.add(row.uid());
            }
            uids.add(row.uid());
            versions.add(row.settingsVersion());
        }
        return new ReadReply(
                reading.body(),
                reading.missing(),
                uids.size() == 1
                        ? OptionalLong.of(versions.iterator().next())
                        : OptionalLong.empty(),
                inconsistent);
    }

    // Without the nodes that were left out it would lack nothing, or less.
    private static Optional<ApiException> stale(List<Planned> planned, ApiException refused) {
        boolean lacks = refused.code() == ErrorCode.MIROIR_SHARD_UNAVAILABLE;
        return planned.stream()
                .filter(one -> lacks && one.narrowed())
                .findFirst()
                .map(one -> stale(one.floor()));
    }

    private static ApiException stale(long floor) {
        return new ApiException(
                ErrorCode.MIROIR_SETTINGS_VERSION_STALE,
                "Nodes that have version " + floor + " of the settings don't hold all shards.");
    }
}
