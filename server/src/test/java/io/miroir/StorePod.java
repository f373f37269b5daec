package io.miroir;

import io.miroir.cli.fleet.PortWait;
import io.miroir.cluster.format.FormatRaiser;
import io.miroir.cluster.member.AbsentListeners;
import io.miroir.cluster.member.Comparer;
import io.miroir.cluster.peer.Peers;
import io.miroir.config.ConfigLoader;
import io.miroir.config.LoadOutcome;
import io.miroir.config.MiroirConfig;
import io.miroir.config.bind.Secret;
import io.miroir.duty.Duties;
import io.miroir.raft.RaftTaskStore;
import io.miroir.store.format.CommandFormats;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** A pod that has nothing but its task store and its peer port. */
final class StorePod implements AutoCloseable {
    private static final long PATIENCE_NANOS = 180_000_000_000L;

    private static final Map<String, String> SECRETS =
            Map.of(
                    "MIROIR_NODE_MASTER_KEY",
                    "key-0123456789",
                    "ADMIN_SESSION_SEAL_KEY",
                    "seal-key-of-tests-0123456789-0123456789");

    private final Peers peers;
    private final StoreOpening opening;
    private final RaftTaskStore store;
    private final FormatRaiser raiser;
    private final Duties duties;
    private final List<Throwable> fatal = new CopyOnWriteArrayList<>();

    /**
     * Ports of the pods of a cluster.
     *
     * @param ports of pod-0 on: Raft and peer port of each
     * @param listenerAbsenceS after which a listener is no member any more
     * @param waits of pods that compare their tables
     */
    record Layout(
            Path directory,
            List<List<Integer>> ports,
            long listenerAbsenceS,
            Comparer.Waits waits) {
        Layout(Path directory, List<List<Integer>> ports) {
            this(directory, ports, 604_800);
        }

        Layout(Path directory, List<List<Integer>> ports, long listenerAbsenceS) {
            this(directory, ports, listenerAbsenceS, Comparer.WAITS);
        }

        Layout with(Comparer.Waits other) {
            return new Layout(directory, ports, listenerAbsenceS, other);
        }

        /** Data directory of a pod. */
        Path data(int pod) {
            return directory.resolve("pod-" + pod);
        }
    }

    private StorePod(MiroirConfig config, CommandFormats formats, Comparer.Waits waits)
            throws IOException {
        Keys secret = Keys.of(new Secret("secret"), "node key");
        CollectorRegistry registry = new CollectorRegistry();
        this.peers = new Peers(config.podId(), StoreOpening.others(config), secret);
        this.opening =
                new StoreOpening(
                        config,
                        new RaftTaskStore.Surroundings(
                                        InstantSource.system(), new Random(), registry, fatal::add)
                                .knowing(formats),
                        peers,
                        waits);
        try {
            this.store =
                    (RaftTaskStore)
                            opening.open(
                                    new ExchangedKeys(
                                            Optional.empty(), secret, secret, secret, secret));
        } catch (IOException | RuntimeException refused) {
            opening.stop();
            peers.close();
            throw refused;
        }
        peers.start();
        this.raiser = new FormatRaiser(store, peers);
        AbsentListeners absent =
                new AbsentListeners(
                        store,
                        Duration.ofSeconds(config.raft().listenerAbsenceS()),
                        System::nanoTime,
                        registry);
        this.duties =
                new Duties(config.podId(), store, peers::live, List.of(), List.of(raiser, absent));
        duties.start();
    }

    /** Starts a pod on any data directory and any two ports. */
    static StorePod start(Layout layout, int pod, Path data, List<Integer> own) {
        return start(layout, pod, data, own, CommandFormats.OF_THIS_PROGRAM);
    }

    private static StorePod start(
            Layout layout, int pod, Path data, List<Integer> own, CommandFormats formats) {
        StringBuilder members = new StringBuilder();
        for (int i = 0; i < layout.ports().size(); i++) {
            members.append(
                    "    - {id: pod-%d, raft: '127.0.0.1:%d', peer: '127.0.0.1:%d'}\n"
                            .formatted(
                                    i, layout.ports().get(i).get(0), layout.ports().get(i).get(1)));
        }
        String yaml =
                """
                miroir:
                  env: development
                  pod_id: pod-%d
                  data_dir: %s
                  shards: 4
                  replication_factor: 1
                  nodes:
                    - {id: node-0, address: 'http://127.0.0.1:1', replica_group: 0}
                  metrics: {enabled: false}
                  task_store: {backend: raft}
                  raft: {port: %d, listener_absence_s: %d}
                  peer: {port: %d}
                  peers:
                %s"""
                        .formatted(
                                pod,
                                data,
                                own.get(0),
                                layout.listenerAbsenceS(),
                                own.get(1),
                                members);
        own.forEach(PortWait::untilFree);
        try {
            Path file = Files.writeString(Files.createTempFile("pod", ".yaml"), yaml);
            LoadOutcome outcome = ConfigLoader.load(file, SECRETS, Map.of());
            Files.delete(file);
            return switch (outcome) {
                case LoadOutcome.Loaded loaded ->
                        new StorePod(loaded.config(), formats, layout.waits());
                case LoadOutcome.Refused refused ->
                        throw new AssertionError(refused.errors() + yaml);
            };
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static StorePod start(Layout layout, int pod) {
        return start(layout, pod, CommandFormats.OF_THIS_PROGRAM);
    }

    /** Starts a pod whose program knows these formats of commands. */
    static StorePod start(Layout layout, int pod, CommandFormats formats) {
        return start(layout, pod, layout.data(pod), layout.ports().get(pod), formats);
    }

    /** Starts pods at once: none of them forms a cluster before all have met. */
    static List<StorePod> startAll(Layout layout) {
        return startAll(layout, CommandFormats.OF_THIS_PROGRAM);
    }

    static List<StorePod> startAll(Layout layout, CommandFormats formats) {
        List<CompletableFuture<StorePod>> starting =
                IntStream.range(0, layout.ports().size())
                        .mapToObj(
                                pod ->
                                        CompletableFuture.supplyAsync(
                                                () -> start(layout, pod, formats),
                                                task -> Thread.ofPlatform().start(task)))
                        .toList();
        List<StorePod> pods = starting.stream().map(CompletableFuture::join).toList();
        await("a leader", () -> pods.getFirst().store().status().leaderId() != null);
        return pods;
    }

    RaftTaskStore store() {
        return store;
    }

    /** One step of the duty, as the leader's thread does it from time to time. */
    void raiseFormat() {
        raiser.step(store.fencedBy(store.status().term()));
    }

    StoreOpening opening() {
        return opening;
    }

    List<Throwable> fatal() {
        return fatal;
    }

    static void await(String what, BooleanSupplier holds) {
        long giveUpNanos = System.nanoTime() + PATIENCE_NANOS;
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > giveUpNanos) {
                throw new AssertionError("not in time: " + what);
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted", e);
            }
        }
    }

    @Override
    public void close() {
        duties.close();
        opening.stop();
        store.close();
        peers.close();
    }
}
