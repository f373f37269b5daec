package io.miroir.cluster.member;

import io.miroir.cluster.member.Comparison.Verdict;
import io.miroir.cluster.member.Comparison.Word;
import io.miroir.cluster.peer.DigestsAsked;
import io.miroir.cluster.peer.DigestsTold;
import io.miroir.cluster.peer.Peers;
import io.miroir.raft.ComparedTables;
import io.miroir.raft.DamageMark;
import io.miroir.raft.Member;
import io.miroir.raft.RaftTaskStore;
import io.miroir.sqlite.Database;
import io.miroir.sqlite.DatabaseClosedException;
import io.miroir.store.Digests;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares this pod's tables with the others', after a crash: a bit that flipped inside a value is
 * seen in no other way. {@link Comparison} decides.
 */
public final class Comparer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Comparer.class);

    /** How long a pod that starts waits where nobody can tell, and when it asks again. */
    public static final Waits WAITS =
            new Waits(Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofMinutes(10));

    /**
     * As {@link Waits#start} where somebody could and is slow: far behind, or busy for others.
     * Digests that are being made are waited for beyond that.
     */
    private static final Duration SLOW_WAIT_MAX = Duration.ofMinutes(5);

    private static final Duration PING_TIMEOUT = Duration.ofMillis(500);
    private static final long PAUSE_MILLIS = 100;

    /** Until the other pod has said where it is. */
    private static final long STILL_NANOS_MAX = TimeUnit.SECONDS.toNanos(2);

    /** The same while clients are served. */
    private static final long SERVING_STILL_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(300);

    /** This pod may be far behind the other. */
    private static final long CATCH_UP_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);

    private static final long OTHER_WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private final String podId;
    private final UUID clusterId;
    private final boolean filled;
    private final Path dataDir;
    private final RaftTaskStore store;
    private final ComparedTables tables;
    private final Peers peers;
    private final CompareMetrics metrics;
    private final Waits waits;
    private final Map<String, Word> words = new HashMap<>();
    private final Set<String> incomparable = new TreeSet<>();
    private Set<String> awaited = Set.of();
    private long heardNanos;
    private volatile @Nullable Thread later;

    /**
     * How long it is waited.
     *
     * @param start at most, before clients are served, where nobody can tell
     * @param later before it is asked again beside serving them, for the first time
     * @param longest later on, when that has become longer and longer
     */
    public record Waits(Duration start, Duration later, Duration longest) {}

    /**
     * @param admission how the store was opened
     */
    public Comparer(
            Path dataDir,
            Admission admission,
            RaftTaskStore store,
            Peers peers,
            CompareMetrics metrics,
            Waits waits) {
        this.podId = store.status().podId();
        this.clusterId = admission.clusterId();
        this.filled = admission.newcomer();
        this.dataDir = dataDir;
        this.store = store;
        this.tables = store.tables();
        this.peers = peers;
        this.metrics = metrics;
        this.waits = waits;
    }

    /**
     * Before clients are served: waits until it is known whether the tables are right, or for as
     * long as it makes sense to.
     *
     * @return what is wrong with them; written down so that no crash makes the pod forget it
     */
    public Optional<String> damage() {
        long startedNanos = System.nanoTime();
        heardNanos = startedNanos;
        Verdict verdict = round(STILL_NANOS_MAX);
        while (verdict instanceof Verdict.Unknown unknown
                && isWorthWaiting(unknown, startedNanos)) {
            Patience.pause(PAUSE_MILLIS, "comparing its tables");
            verdict = round(STILL_NANOS_MAX);
        }
        if (verdict instanceof Verdict.Unknown) {
            // Those that still say nothing are not waited for any more.
            verdict = decide(Set.of());
        }
        metrics.waited(Duration.ofNanos(System.nanoTime() - startedNanos));
        if (verdict instanceof Verdict.Unknown(List<String> unequal) && unequal.isEmpty()) {
            LOG.warn(
                    "after a crash this pod's tables could not be compared with others'; no answer"
                            + " from {}, not comparable {}: it starts all the same",
                    awaited,
                    incomparable);
        }
        return conclude(verdict);
    }

    private boolean isWorthWaiting(Verdict.Unknown unknown, long startedNanos) {
        long now = System.nanoTime();
        if (awaited.isEmpty() && unknown.unequal().isEmpty()) {
            return false;
        }
        long sinceNanos = unknown.unequal().isEmpty() ? heardNanos : startedNanos;
        return now - sinceNanos < waits.start().toNanos()
                && now - startedNanos < SLOW_WAIT_MAX.toNanos();
    }

    private Optional<String> conclude(Verdict verdict) {
        metrics.concluded(
                verdict instanceof Verdict.Proven,
                (int) words.values().stream().filter(word -> !word.differing().isEmpty()).count());
        return switch (verdict) {
            case Verdict.Proven(List<String> others) -> {
                tables.prove();
                LOG.info("this pod's tables are those of {}", equal());
                if (!others.isEmpty()) {
                    LOG.error(
                            "the tables of {} are not those of most pods: stop it, empty its"
                                    + " data_dir and start it, then it takes all from the others",
                            others);
                }
                yield Optional.empty();
            }
            case Verdict.Damaged(String why) -> {
                DamageMark.put(dataDir, why);
                yield Optional.of(why);
            }
            case Verdict.Unknown(List<String> unequal) -> {
                if (!unequal.isEmpty()) {
                    LOG.error(
                            "this pod's tables are not those of {}, and nobody can tell whose are"
                                    + " right: it serves all the same. Start the other pods; if all"
                                    + " run, compare backups, and empty data_dir of the pod that is"
                                    + " wrong",
                            unequal);
                }
                yield Optional.empty();
            }
        };
    }

    private List<String> equal() {
        return words.values().stream()
                .filter(word -> word.differing().isEmpty())
                .map(Word::podId)
                .sorted()
                .toList();
    }

    /**
     * Goes on to compare beside everything else until it is known whether the tables are right.
     *
     * @param onDamage told if they are not: the pod must not go on
     */
    public void goOn(Consumer<Throwable> onDamage) {
        if (!tables.isProven()) {
            later = Thread.ofPlatform().name("compare").daemon().start(() -> compare(onDamage));
        }
    }

    private void compare(Consumer<Throwable> onDamage) {
        Duration pause = waits.later();
        try {
            while (!tables.isProven()) {
                Thread.sleep(pause);
                pause =
                        pause.multipliedBy(2).compareTo(waits.longest()) < 0
                                ? pause.multipliedBy(2)
                                : waits.longest();
                Optional<String> damage = lookAgain();
                if (damage.isPresent()) {
                    onDamage.accept(damaged(damage.get()));
                    return;
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private Optional<String> lookAgain() {
        try {
            // It may run a later program by now.
            incomparable.clear();
            return conclude(round(SERVING_STILL_NANOS_MAX));
        } catch (RuntimeException e) {
            // Looked at again later; the thread must go on.
            LOG.warn("cannot compare the tables with others'", e);
            return Optional.empty();
        }
    }

    private static IllegalStateException damaged(String why) {
        return new IllegalStateException(
                why + ". Start this pod again: it takes everything from the other pods");
    }

    /** Asks all members once. */
    private Verdict round(long stillNanosMax) {
        Set<String> silent = new TreeSet<>();
        List<Member> members = store.membership().members();
        words.keySet().retainAll(members.stream().map(Member::id).toList());
        for (Member member : members) {
            if (!member.id().equals(podId) && !incomparable.contains(member.id())) {
                ask(member.id(), stillNanosMax, silent);
            }
        }
        awaited = silent;
        return decide(silent);
    }

    private Verdict decide(Set<String> stillAwaited) {
        Set<String> voters =
                store.membership().members().stream()
                        .filter(Member::voter)
                        .map(Member::id)
                        .collect(Collectors.toSet());
        return Comparison.decide(
                new Comparison.Situation(
                        voters.contains(podId) && !filled,
                        voters,
                        List.copyOf(words.values()),
                        stillAwaited));
    }

    private void ask(String other, long stillNanosMax, Set<String> silent) {
        if (peers.run(other, PING_TIMEOUT).isEmpty()) {
            silent.add(other);
            return;
        }
        AtomicReference<@Nullable Digests> own = new AtomicReference<>();
        DigestsTold told;
        try (ComparedTables.Still still = tables.still(stillNanosMax)) {
            DigestsAsked asked = new DigestsAsked(clusterId, still.at(), Database.FORMAT);
            told =
                    peers.digests(
                            other,
                            asked,
                            at -> {
                                heardNanos = System.nanoTime();
                                Digests there = digestsAt(still, at).orElse(null);
                                own.set(there);
                                return there != null;
                            });
        }
        switch (told) {
            case DigestsTold.Told(Map<String, String> theirs, boolean proven) ->
                    words.put(
                            other, word(other, Objects.requireNonNull(own.get()), theirs, proven));
            case DigestsTold.Incomparable(String why) -> {
                LOG.info("tables can't be compared with {}: {}", other, why);
                incomparable.add(other);
            }
            case DigestsTold.NotNow(String why) -> {
                LOG.debug("tables not compared with {} yet: {}", other, why);
                silent.add(other);
            }
        }
    }

    private static Optional<Digests> digestsAt(ComparedTables.Still still, long at) {
        try {
            return still.digestsAt(at, CATCH_UP_NANOS_MAX);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (DatabaseClosedException replaced) {
            return Optional.empty();
        }
    }

    private static Word word(
            String other, Digests own, Map<String, String> theirs, boolean proven) {
        List<String> differing =
                Stream.concat(own.sha256ByTable().keySet().stream(), theirs.keySet().stream())
                        .distinct()
                        .filter(
                                table ->
                                        !String.valueOf(own.sha256ByTable().get(table))
                                                .equals(theirs.get(table)))
                        .sorted()
                        .toList();
        return new Word(
                other, proven, own.appliedIndex(), differing, new TreeMap<>(theirs).toString());
    }

    /** What another pod is told that compares its tables. */
    static DigestsTold answer(RaftTaskStore store, DigestsAsked asked, ComparedTables.Asker asker) {
        if (!asked.clusterId().equals(store.clusterId())) {
            return new DigestsTold.Incomparable("this is a pod of another cluster");
        }
        if (asked.databaseFormat() != Database.FORMAT) {
            return new DigestsTold.Incomparable("the format here is " + Database.FORMAT);
        }
        try {
            ComparedTables tables = store.tables();
            return tables.forOther(asked.atLeast(), OTHER_WAIT_NANOS_MAX, asker)
                    .<DigestsTold>map(
                            taken -> new DigestsTold.Told(taken.sha256ByTable(), tables.isProven()))
                    .orElseGet(() -> new DigestsTold.NotNow("behind entry " + asked.atLeast()));
        } catch (DatabaseClosedException closing) {
            return new DigestsTold.NotNow("the store is closing");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return new DigestsTold.NotNow("stopping");
        }
    }

    @Override
    public void close() {
        Thread running = later;
        if (running != null) {
            running.interrupt();
        }
    }
}
