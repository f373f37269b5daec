package io.miroir.cluster.peer;

import io.miroir.cluster.lease.Reports;
import io.miroir.proto.peer.StatusReply;
import io.miroir.raft.MemberChange;
import io.miroir.raft.MemberOutcome;
import io.miroir.store.backup.BackupStream;
import io.miroir.tls.LoadedKeys;
import io.miroir.tls.PodKeys;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The other pods: which of them live, asked twice a second, and what they have applied. */
public final class Peers implements Reports.Others, AutoCloseable {
    private static final Duration PROBE_INTERVAL = Duration.ofMillis(400);
    static final Duration PROBE_TIMEOUT = Duration.ofSeconds(1);

    private static final Duration LET_GO_TIMEOUT = Duration.ofSeconds(2);

    private final String selfId;
    private final Supplier<List<String>> secrets;
    private final Optional<PodKeys> keys;
    private final Map<String, PeerClient> clients = new ConcurrentSkipListMap<>();

    /** The ways to leaders that are only told of: nothing else is asked or expected of them. */
    private final Map<String, PeerClient> leaders = new ConcurrentHashMap<>();

    private final Map<String, Probed> probed = new ConcurrentHashMap<>();
    private final Map<String, Long> applied = new ConcurrentHashMap<>();
    private final Map<String, Integer> formats = new ConcurrentHashMap<>();
    private final Map<String, Thread> probes = new ConcurrentHashMap<>();
    private boolean started;
    private volatile Set<String> live;

    /**
     * Knows the other pods, has asked none of them.
     *
     * @param others without this pod itself
     * @param secrets what all pods of the cluster know, the one to show first
     */
    public Peers(String selfId, List<PeerEndpoint> others, Supplier<List<String>> secrets) {
        this(selfId, others, secrets, Optional.empty());
    }

    /**
     * Knows the other pods, has asked none of them.
     *
     * @param keys by which pods know each other
     */
    public Peers(
            String selfId,
            List<PeerEndpoint> others,
            Supplier<List<String>> secrets,
            Optional<PodKeys> keys) {
        this.selfId = selfId;
        this.secrets = secrets;
        this.keys = keys;
        for (PeerEndpoint peer : others) {
            clients.put(peer.podId(), new PeerClient(peer, secrets, keys));
            // Taken as living until asked: a pod that starts must not think that it is alone.
            probed.put(peer.podId(), Probed.NEVER);
        }
        this.live = all();
    }

    /** Begins to ask; one virtual thread for each pod. */
    public synchronized void start() {
        started = true;
        clients.forEach(this::watch);
    }

    private void watch(String podId, PeerClient client) {
        probes.put(
                podId, Thread.ofVirtual().name("peer-" + podId).start(() -> probe(podId, client)));
    }

    /**
     * Pods came or went. One that is known keeps its address: names are looked up again anyway.
     *
     * @param others all other pods there are now
     */
    public synchronized void update(Collection<PeerEndpoint> others) {
        Set<String> ids = new TreeSet<>();
        for (PeerEndpoint peer : others) {
            ids.add(peer.podId());
            if (!clients.containsKey(peer.podId())) {
                add(peer);
            }
        }
        for (String gone : List.copyOf(clients.keySet())) {
            if (!ids.contains(gone)) {
                forget(gone);
            }
        }
        leaders.values().forEach(PeerClient::close);
        leaders.clear();
        refresh();
    }

    private void add(PeerEndpoint peer) {
        PeerClient client = new PeerClient(peer, secrets, keys);
        clients.put(peer.podId(), client);
        probed.put(peer.podId(), Probed.NEVER);
        if (started) {
            watch(peer.podId(), client);
        }
    }

    private void forget(String podId) {
        Thread probe = probes.remove(podId);
        if (probe != null) {
            probe.interrupt();
        }
        PeerClient client = clients.remove(podId);
        if (client != null) {
            client.close();
        }
        probed.remove(podId);
        applied.remove(podId);
        formats.remove(podId);
    }

    /**
     * Where a pod answers that others follow: it may be greeted and asked for changes, until the
     * next {@link #update}. That it is one of the other pods is not known.
     */
    public synchronized void leads(PeerEndpoint told) {
        PeerClient known = askable(told.podId());
        if (known == null || !known.peer().equals(told)) {
            PeerClient before = leaders.put(told.podId(), new PeerClient(told, secrets, keys));
            if (before != null) {
                before.close();
            }
        }
    }

    private @Nullable PeerClient askable(String podId) {
        PeerClient leader = leaders.get(podId);
        return leader == null ? clients.get(podId) : leader;
    }

    /** What a pod says to a greeting, or nothing within the time. */
    public Optional<Greeted> greet(String podId, Greeting from, Duration timeout) {
        PeerClient client = askable(podId);
        return client == null ? Optional.empty() : client.greet(from, timeout);
    }

    /** The run that answers at a pod's address, if it bears that pod's id. */
    public OptionalLong run(String podId, Duration timeout) {
        return ask(podId, timeout)
                .map(told -> OptionalLong.of(told.getRun()))
                .orElse(OptionalLong.empty());
    }

    /** The same of a pod that has just come: the way to it is waited for within the time. */
    public OptionalLong arrivedRun(String podId, Duration timeout) {
        PeerClient client = clients.get(podId);
        return client == null
                ? OptionalLong.empty()
                : client.arrival(timeout)
                        .filter(told -> told.getPodId().equals(podId))
                        .map(told -> OptionalLong.of(told.getRun()))
                        .orElse(OptionalLong.empty());
    }

    /** The highest format of commands that a pod's program knows, as it says when asked now. */
    public OptionalInt knownFormat(String podId, Duration timeout) {
        return format(ask(podId, timeout));
    }

    /** The same of a pod that is no member yet. */
    public OptionalInt knownFormat(PeerEndpoint pod, Duration timeout) {
        try (PeerClient client = new PeerClient(pod, secrets, keys)) {
            return format(
                    client.status(0, timeout).filter(told -> told.getPodId().equals(pod.podId())));
        }
    }

    private static OptionalInt format(Optional<StatusReply> reply) {
        return reply.map(told -> OptionalInt.of(MemberWords.format(told.getFormat())))
                .orElse(OptionalInt.empty());
    }

    /** The same of all pods that ever answered, as each said last. */
    public Map<String, Integer> knownFormats() {
        return Map.copyOf(formats);
    }

    /** Which keys a pod knows now, or nothing within the time. */
    Optional<List<LoadedKeys>> keys(String podId, Duration timeout) {
        PeerClient client = clients.get(podId);
        return client == null ? Optional.empty() : client.keys(timeout);
    }

    /**
     * What a pod says of its tables.
     *
     * @param atToo told at which entry, while that pod makes its digests; answers whether this one
     *     has come there too
     */
    public DigestsTold digests(String podId, DigestsAsked asked, LongPredicate atToo) {
        PeerClient client = clients.get(podId);
        return client == null
                ? new DigestsTold.NotNow("no pod " + podId)
                : client.digests(asked, atToo);
    }

    /** Asks a pod to change the members, which only the leader does. */
    public MemberOutcome change(String podId, MemberChange change, Duration timeout) {
        PeerClient client = askable(podId);
        return client == null ? new MemberOutcome.NotLeader(null) : client.change(change, timeout);
    }

    /** Ids of the pods that live, this one always among them. */
    public Set<String> live() {
        return live;
    }

    /** Ids of all configured pods, this one included. */
    public Set<String> all() {
        Set<String> ids = new TreeSet<>(clients.keySet());
        ids.add(selfId);
        return ids;
    }

    @Override
    public List<String> ids() {
        return List.copyOf(clients.keySet());
    }

    @Override
    public boolean live(String podId) {
        return live.contains(podId);
    }

    @Override
    public boolean applied(String podId, long index, Duration timeout) {
        if (applied.getOrDefault(podId, -1L) < index) {
            PeerClient client = clients.get(podId);
            if (client != null) {
                Optional<StatusReply> _ = ask(podId, client, index, timeout);
            }
        }
        return applied.getOrDefault(podId, -1L) >= index;
    }

    private Optional<StatusReply> ask(String podId, Duration timeout) {
        PeerClient client = clients.get(podId);
        return client == null ? Optional.empty() : ask(podId, client, 0, timeout);
    }

    private Optional<StatusReply> ask(
            String podId, PeerClient client, long index, Duration timeout) {
        Optional<StatusReply> reply =
                client.status(index, timeout).filter(told -> told.getPodId().equals(podId));
        reply.ifPresent(told -> heard(podId, told));
        return reply;
    }

    private void heard(String podId, StatusReply told) {
        applied.merge(podId, told.getAppliedIndex(), Math::max);
        formats.put(podId, MemberWords.format(told.getFormat()));
    }

    /**
     * Asks a pod to let a lane go, which takes as long as the write at hand in it, and a second at
     * most.
     *
     * @return whether it has; empty if it does not answer
     */
    public Optional<Boolean> letGo(String podId, String lane) {
        PeerClient client = clients.get(podId);
        return client == null ? Optional.empty() : client.letGo(lane, LET_GO_TIMEOUT);
    }

    /**
     * Passes a write on to another pod.
     *
     * @param body read only once the pod agreed to run the write
     */
    public Passing forward(String podId, PassedWrite write, InputStream body, Duration timeout) {
        PeerClient client = clients.get(podId);
        return client == null
                ? new Passing.NotTaken("no pod " + podId)
                : client.forward(write, body, timeout);
    }

    /**
     * A backup from the first of the other living pods that makes one: all give the same tables,
     * with everything that was acknowledged on any of them.
     */
    public Optional<BackupStream> backup() {
        return live.stream()
                .sorted()
                .flatMap(podId -> Optional.ofNullable(clients.get(podId)).stream())
                .flatMap(client -> client.backup().stream())
                .findFirst();
    }

    /** A dump from the first of the other living pods that has it. */
    public Optional<BackupStream> dump(String uid) {
        return live.stream()
                .sorted()
                .flatMap(podId -> Optional.ofNullable(clients.get(podId)).stream())
                .flatMap(client -> client.dump(uid).stream())
                .findFirst();
    }

    private void probe(String podId, PeerClient client) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                long askedNanos = System.nanoTime();
                boolean answered =
                        ask(podId, client, 0, PROBE_TIMEOUT)
                                .filter(StatusReply::getReady)
                                .isPresent();
                Duration took = Duration.ofNanos(System.nanoTime() - askedNanos);
                probed.computeIfPresent(podId, (_, before) -> before.then(answered, took));
                refresh();
                Thread.sleep(PROBE_INTERVAL);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void refresh() {
        Set<String> now = new TreeSet<>();
        now.add(selfId);
        probed.forEach(
                (podId, last) -> {
                    if (last.lives()) {
                        now.add(podId);
                    }
                });
        if (!now.equals(live)) {
            live = Set.copyOf(now);
        }
    }

    @Override
    public void close() {
        probes.values().forEach(Thread::interrupt);
        clients.values().forEach(PeerClient::close);
        leaders.values().forEach(PeerClient::close);
    }
}
