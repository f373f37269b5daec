package io.miroir.cluster;

import io.miroir.api.Json;
import io.miroir.api.SealedValue;
import io.miroir.api.features.Feature;
import io.miroir.api.features.Features;
import io.miroir.api.keys.KnownKeys;
import io.miroir.cluster.identity.KnownLives;
import io.miroir.core.rules.RuleBook;
import io.miroir.store.Change;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.StoreUnavailableException;
import io.miroir.store.TaskStore;
import io.miroir.store.Wanted;
import io.miroir.store.Watch;
import io.miroir.store.Watcher;
import io.miroir.store.alias.AliasRow;
import io.miroir.store.apikey.ApiKeys;
import io.miroir.store.feature.FeatureSwitches;
import io.miroir.store.index.IndexRow;
import io.miroir.store.nodesettings.NodeSettingsVersionRow;
import io.miroir.store.replica.ReplicaRow;
import io.miroir.store.replica.ShardStates;
import io.miroir.store.topology.TopologyRow;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What this pod believes of catalogue, replicas, aliases, keys and features: kept in memory by the
 * store's apply stream, so that a search asks nobody.
 */
public final class ClusterView implements Watcher, AutoCloseable {
    private static final Duration CATCH_UP_MAX = Duration.ofSeconds(2);

    private final TaskStore store;
    private final KnownFleet fleet;
    private long topologyVersion;
    private final Map<String, Known> indexes = new ConcurrentHashMap<>();
    private final Map<Long, Map<String, ShardStates>> states = new ConcurrentHashMap<>();
    private final Map<String, AliasRow> aliases = new ConcurrentHashMap<>();
    private final SwitchedFeatures switches;
    private volatile KnownKeys keys = KnownKeys.of(List.of());
    private volatile Features features = Features.NONE;
    private final StoredRules storedRules;
    private volatile RuleBook rules = RuleBook.EMPTY;
    private volatile KnownLives lives = KnownLives.NONE;
    private final Object appliedChanged = new Object();
    private volatile long appliedIndex = -1;
    private volatile long changedIndex = -1;
    private @Nullable Watch watch;

    /**
     * An index's row, with its settings read: searches must not read them each time.
     *
     * @param doubts as the index's view has them
     * @param closed whether they hold a secret that could not be opened
     */
    private record Known(
            IndexRow row, JsonNode settings, Map<String, Integer> doubts, boolean closed) {
        Known(IndexRow row, JsonNode settings, Map<String, Integer> doubts) {
            this(row, settings, doubts, SealedValue.isIn(row.settingsJson()));
        }

        /**
         * What is known by another row.
         *
         * @param before what was known under its name
         */
        static Known of(IndexRow row, @Nullable Known before) {
            if (before == null || before.row.incarnation() != row.incarnation()) {
                return new Known(row, Json.parseObject(row.settingsJson()), Map.of());
            }
            boolean same = before.row.settingsJson().equals(row.settingsJson());
            Set<String> doubted = new HashSet<>(row.standing().unsettled());
            before.row.standing().unsettled().forEach(doubted::remove);
            return new Known(
                            row,
                            same ? before.settings : Json.parseObject(row.settingsJson()),
                            before.doubts)
                    .doubting(doubted);
        }

        Known opened(String settingsJson) {
            return new Known(
                    row.withSettings(settingsJson), Json.parseObject(settingsJson), doubts);
        }

        Known doubting(Set<String> nodes) {
            if (nodes.isEmpty()) {
                return this;
            }
            Map<String, Integer> more = new HashMap<>(doubts);
            nodes.forEach(node -> more.merge(node, 1, Integer::sum));
            return new Known(row, settings, Map.copyOf(more));
        }
    }

    /**
     * Knows nothing until it is started.
     *
     * @param fleet as this pod is configured; what the cluster has goes before
     */
    public ClusterView(TaskStore store, Fleet fleet) {
        this.store = store;
        this.fleet = new KnownFleet(fleet);
        this.switches = new SwitchedFeatures(store);
        this.storedRules = new StoredRules(store);
    }

    /** Begins to follow the store. */
    public void start() {
        watch = store.watch(this);
    }

    /** True once the store's content was read. */
    public boolean loaded() {
        return appliedIndex >= 0;
    }

    /** The shape of the fleet. */
    public Fleet fleet() {
        return fleet.now();
    }

    /**
     * Tells the fleet once the store's content was read and after each change, before anything
     * later of the log is seen here. Who is told must come back at once.
     */
    public void followFleet(Consumer<Fleet> follower) {
        fleet.tell(follower);
    }

    /** An index of the catalogue, whether clients see it yet or not. */
    public Optional<IndexView> index(String uid) {
        return Optional.ofNullable(indexes.get(uid)).map(this::reopened).map(this::view);
    }

    /** The indexes that clients see, by uid. */
    public Collection<IndexView> indexes() {
        Map<String, IndexView> sorted = new TreeMap<>();
        indexes.forEach((uid, known) -> sorted.put(uid, view(reopened(known))));
        sorted.values().removeIf(index -> !index.ready());
        return sorted.values();
    }

    /** The indexes that clients see of which some node may have other settings, or had. */
    public List<IndexView> unsettled() {
        return indexes.values().stream()
                .filter(known -> !known.row.standing().equals(IndexRow.Standing.SETTLED))
                .map(this::view)
                .filter(IndexView::ready)
                .toList();
    }

    /** The version of an index's settings that each node was last seen to have. */
    public Map<String, Long> verifiedSettings(String uid) {
        return store.nodeSettings().of(ReadLevel.LOCAL, uid).stream()
                .collect(
                        Collectors.toMap(
                                NodeSettingsVersionRow::nodeId, NodeSettingsVersionRow::version));
    }

    /** The alias of that name. */
    public Optional<AliasRow> alias(String name) {
        return Optional.ofNullable(aliases.get(name));
    }

    /** Who the nodes are. */
    public KnownLives lives() {
        return lives;
    }

    /** The API keys of clients. */
    public KnownKeys keys() {
        return keys;
    }

    /** Which experimental features are on. */
    public Features features() {
        return features;
    }

    /** The rules by which clients' searches go; none while their feature is off. */
    public RuleBook rules() {
        return features.isOn(Feature.DYNAMIC_SEARCH_RULES) ? rules : RuleBook.EMPTY;
    }

    /** The last command whose effect is seen here. */
    public long appliedIndex() {
        return appliedIndex;
    }

    /**
     * The last command that changed anything. The log has entries of its own after it, of which
     * other pods may hear much later.
     */
    public long changedIndex() {
        return changedIndex;
    }

    /**
     * Waits until the effect of a command is seen here.
     *
     * @return whether it is, within {@code timeout}
     */
    public boolean await(long index, Duration timeout) throws InterruptedException {
        if (appliedIndex >= index) {
            return true;
        }
        long deadlineNanos = System.nanoTime() + timeout.toNanos();
        try (Wanted _ = store.want(index)) {
            synchronized (appliedChanged) {
                while (appliedIndex < index) {
                    long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
                    if (leftMillis <= 0) {
                        return false;
                    }
                    appliedChanged.wait(leftMillis);
                }
                return true;
            }
        }
    }

    /**
     * Waits until all is seen here that any pod acknowledged before. Does nothing when that can't
     * be had in time: what is seen then is older, as without the call.
     */
    public void catchUp() {
        boolean _ = tryCatchUp();
    }

    /** As {@link #catchUp}; answers whether it could be had. */
    public boolean tryCatchUp() {
        if (store.barrier() instanceof Reply.Applied<Long> reached) {
            try {
                return await(reached.outcome(), CATCH_UP_MAX);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return false;
    }

    @Override
    public void applied(long index, List<Change> changes) {
        changes.forEach(this::apply);
        if (!changes.isEmpty()) {
            changedIndex = index;
        }
        advance(index);
    }

    @Override
    public void resync(long index) {
        store.topology().get(ReadLevel.LOCAL).ifPresentOrElse(this::follow, fleet::begin);
        Map<Long, Map<String, ShardStates>> freshStates = new HashMap<>();
        for (ReplicaRow row : store.replicas().list(ReadLevel.LOCAL)) {
            freshStates
                    .computeIfAbsent(row.incarnation(), _ -> new HashMap<>())
                    .put(row.nodeId(), row.states());
        }
        Map<String, Known> freshIndexes = new HashMap<>();
        store.indexes()
                .list(ReadLevel.LOCAL)
                .forEach(
                        row ->
                                freshIndexes.put(
                                        row.uid(),
                                        // Nobody knows what came in between.
                                        Known.of(row, indexes.get(row.uid()))
                                                .doubting(
                                                        fleet.now()
                                                                .topology(row.shards())
                                                                .nodes())));
        Map<String, AliasRow> freshAliases = new HashMap<>();
        store.aliases().list(ReadLevel.LOCAL).forEach(row -> freshAliases.put(row.name(), row));
        freshStates.replaceAll((_, nodes) -> Map.copyOf(nodes));
        replace(states, freshStates);
        replace(indexes, freshIndexes);
        replace(aliases, freshAliases);
        keys =
                KnownKeys.of(
                        store.apiKeys().list(ReadLevel.LOCAL, ApiKeys.ROWS_MAX).stream()
                                .map(StoredKeys::key)
                                .toList());
        features = switches.now();
        rules = storedRules.now().book();
        changedIndex = index;
        advance(index);
    }

    private void apply(Change change) {
        switch (change) {
            case Change.IndexChanged index ->
                    put(
                            indexes,
                            index.uid(),
                            index.row() == null
                                    ? null
                                    : Known.of(index.row(), indexes.get(index.uid())));
            case Change.AliasChanged alias -> put(aliases, alias.name(), alias.row());
            case Change.ReplicasChanged replicas ->
                    states.merge(
                            replicas.row().incarnation(),
                            Map.of(replicas.row().nodeId(), replicas.row().states()),
                            ClusterView::joined);
            case Change.ReplicasDropped dropped -> states.remove(dropped.incarnation());
            case Change.ApiKeyChanged key ->
                    keys =
                            key.row() == null
                                    ? keys.without(key.uid())
                                    : keys.with(StoredKeys.key(key.row()));
            case Change.TopologyChanged topology -> follow(topology.row());
            case Change.TaskChanged _,
                    Change.TasksDeleted _,
                    Change.LaneChanged _,
                    Change.AdminSessionsRevoked _ -> {}
            case Change.RowChanged row -> {
                if (row.table().equals(FeatureSwitches.TABLE)) {
                    features = switches.now();
                } else if (row.equals(StoredRules.CHANGED)) {
                    rules = storedRules.now().book();
                }
            }
        }
    }

    // After a resync older ones may still be told: a node that came would be gone for a moment, and
    // with it what it was to do.
    private void follow(TopologyRow row) {
        if (row.version() < topologyVersion) {
            return;
        }
        topologyVersion = row.version();
        lives = KnownLives.parse(row.json());
        fleet.follow(row.json());
    }

    private void advance(long index) {
        synchronized (appliedChanged) {
            appliedIndex = Math.max(appliedIndex, index);
            appliedChanged.notifyAll();
        }
    }

    /** Secrets that could not be opened may be by now: their key came into the file. */
    private Known reopened(Known known) {
        if (!known.closed) {
            return known;
        }
        String uid = known.row.uid();
        Optional<IndexRow> stored;
        try {
            stored = store.indexes().get(ReadLevel.LOCAL, uid);
        } catch (StoreUnavailableException unavailable) {
            // The view outlives the store: what is known of the index is good for all but them.
            return known;
        }
        return stored.filter(row -> row.incarnation() == known.row.incarnation())
                .filter(row -> row.settingsVersion() == known.row.settingsVersion())
                .filter(row -> !SealedValue.isIn(row.settingsJson()))
                .map(
                        row -> {
                            Known open = known.opened(row.settingsJson());
                            indexes.replace(uid, known, open);
                            return open;
                        })
                .orElse(known);
    }

    private IndexView view(Known known) {
        IndexRow row = known.row;
        return new IndexView(
                row,
                known.settings,
                fleet.now().topology(row.shards()),
                states.getOrDefault(row.incarnation(), Map.of()),
                known.doubts);
    }

    private static Map<String, ShardStates> joined(
            Map<String, ShardStates> old, Map<String, ShardStates> changed) {
        Map<String, ShardStates> both = new HashMap<>(old);
        both.putAll(changed);
        return Map.copyOf(both);
    }

    private static <V> void put(Map<String, V> map, String key, @Nullable V value) {
        if (value == null) {
            map.remove(key);
        } else {
            map.put(key, value);
        }
    }

    // Readers go on meanwhile: what stays is never absent for a moment.
    private static <K, V> void replace(Map<K, V> map, Map<K, V> fresh) {
        map.putAll(fresh);
        map.keySet().retainAll(fresh.keySet());
    }

    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
    }
}
