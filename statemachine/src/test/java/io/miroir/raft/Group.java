package io.miroir.raft;

import io.miroir.store.Role;
import io.miroir.store.TaskStore;
import io.miroir.store.engine.Batcher;
import io.miroir.store.format.CommandFormats;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A group of pods in this JVM, over loopback. */
final class Group implements AutoCloseable {
    private static final long PATIENCE_NANOS = 300_000_000_000L;
    private static final Random PORTS = new Random();
    private static final Pattern SEGMENT = Pattern.compile("log_(?:inprogress_)?(\\d+)(?:-\\d+)?");

    private static final int JVMS_MAX = 4;

    /** Surefire counts its JVMs from 1. */
    private static final int JVM = Integer.getInteger("surefire.forkNumber", 1);

    private final Path dir;
    private final RaftStoreConfig.Tuning tuning;
    private final long deadlineMillis;
    private final List<RaftStoreConfig.Peer> peers;
    private final SortedMap<String, TaskStore> open = new TreeMap<>();

    Group(Path dir, RaftStoreConfig.Tuning tuning, long deadlineMillis) throws IOException {
        this(dir, tuning, deadlineMillis, freePeers());
    }

    Group(
            Path dir,
            RaftStoreConfig.Tuning tuning,
            long deadlineMillis,
            List<RaftStoreConfig.Peer> peers) {
        this.dir = dir;
        this.tuning = tuning;
        this.deadlineMillis = deadlineMillis;
        this.peers = peers;
    }

    /** Three members on ports that are free now. */
    static List<RaftStoreConfig.Peer> freePeers() throws IOException {
        return freePeers("pod-a", "pod-b", "pod-c");
    }

    static List<RaftStoreConfig.Peer> freePeers(String... ids) throws IOException {
        List<RaftStoreConfig.Peer> peers = new ArrayList<>();
        List<ServerSocket> held = new ArrayList<>();
        for (String id : ids) {
            ServerSocket socket = freePort();
            held.add(socket);
            peers.add(new RaftStoreConfig.Peer(id, "127.0.0.1", socket.getLocalPort()));
        }
        for (ServerSocket socket : held) {
            socket.close();
        }
        return peers;
    }

    /**
     * From below the ports that the kernel gives to outgoing connections and to port 0. Each JVM
     * that runs tests at the same time has every fourth of them for itself.
     */
    private static ServerSocket freePort() throws IOException {
        while (true) {
            int port = JVMS_MAX * PORTS.nextInt(3_750, 8_000) + JVM % JVMS_MAX;
            try {
                return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
            } catch (BindException taken) {
                // The next one is as good.
            }
        }
    }

    RaftStoreConfig config(String id) {
        return new RaftStoreConfig(
                id, dir.resolve(id), peers, "127.0.0.1", limits(deadlineMillis), tuning);
    }

    static Batcher.Limits limits(long deadlineMillis) {
        return new Batcher.Limits(1_024, 512, 1 << 20, deadlineMillis);
    }

    static RaftTaskStore open(RaftStoreConfig config) {
        return open(config, CommandFormats.OF_THIS_PROGRAM, Throwable::printStackTrace);
    }

    static RaftTaskStore open(
            RaftStoreConfig config, CommandFormats formats, Consumer<Throwable> onFatal) {
        return new RaftTaskStore(
                config,
                new RaftTaskStore.Surroundings(
                                InstantSource.system(),
                                new Random(),
                                new CollectorRegistry(),
                                onFatal)
                        .knowing(formats));
    }

    /** As a program that knows these formats; what ends it is added to the list. */
    RaftTaskStore start(String id, CommandFormats formats, List<Throwable> ends) {
        RaftTaskStore store = open(config(id), formats, ends::add);
        open.put(id, store);
        return store;
    }

    TaskStore start(String id) {
        return start(config(id));
    }

    RaftTaskStore start(RaftStoreConfig config) {
        RaftTaskStore store = open(config);
        open.put(config.podId(), store);
        return store;
    }

    /** Opens a pod without data that follows; it is no member yet. */
    Member startNewcomer(String id) throws IOException {
        RaftStoreConfig.Peer port = freePeers(id).getFirst();
        RaftStoreConfig.Peer self =
                new RaftStoreConfig.Peer(id, port.host(), port.port(), id + ":9002", false);
        List<RaftStoreConfig.Peer> all = new ArrayList<>(peers);
        all.removeIf(peer -> peer.id().equals(id));
        all.add(self);
        start(
                new RaftStoreConfig(
                        id, dir.resolve(id), all, "127.0.0.1", limits(deadlineMillis), tuning));
        return self.member();
    }

    /** Asks the leader; during an election again. */
    MemberOutcome change(MemberChange change) {
        List<MemberOutcome> outcome = new ArrayList<>();
        await(
                "a leader's answer to " + change,
                () -> {
                    RaftTaskStore leader = (RaftTaskStore) pod(awaitLeader());
                    outcome.add(leader.membership().change(change));
                    return !(outcome.getLast() instanceof MemberOutcome.NotLeader);
                });
        return outcome.getLast();
    }

    /** The same, until it is agreed on: a busy member may look as if it were dead. */
    MemberOutcome.Changed changed(MemberChange change) {
        List<MemberOutcome> outcome = new ArrayList<>();
        await(
                change + " to be agreed on",
                () -> {
                    outcome.add(change(change));
                    return outcome.getLast() instanceof MemberOutcome.Changed;
                });
        return (MemberOutcome.Changed) outcome.getLast();
    }

    void startAll() {
        peers.forEach(peer -> start(peer.id()));
        awaitLeader();
    }

    void stop(String id) {
        TaskStore store = open.remove(id);
        if (store != null) {
            store.close();
        }
    }

    Map<String, TaskStore> pods() {
        return open;
    }

    TaskStore pod(String id) {
        return Objects.requireNonNull(open.get(id));
    }

    String awaitLeader() {
        await("a leader", () -> leader() != null);
        return Objects.requireNonNull(leader());
    }

    String follower() {
        String leader = awaitLeader();
        return open.keySet().stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
    }

    /** All open pods have applied the same, and have the same tables. */
    void awaitEqual() {
        await(
                "equal digests",
                () -> open.values().stream().map(TaskStore::digests).distinct().count() == 1);
    }

    /** Where a member's log begins; 0 where there is none. */
    long firstLogIndex(String id) {
        return segmentStarts(dir.resolve(id)).stream().findFirst().orElse(0L);
    }

    /** With which indexes the segments of a log begin, as their names say, in order. */
    static List<Long> segmentStarts(Path dataDir) {
        while (true) {
            try (Stream<Path> files = Files.walk(dataDir.resolve("raft"))) {
                return files.map(file -> SEGMENT.matcher(file.getFileName().toString()))
                        .filter(Matcher::matches)
                        .map(name -> Long.valueOf(name.group(1)))
                        .sorted()
                        .toList();
            } catch (UncheckedIOException changing) {
                // A segment went while it was looked at.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
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
        List.copyOf(open.keySet()).forEach(this::stop);
    }

    private @Nullable String leader() {
        return open.entrySet().stream()
                .filter(pod -> pod.getValue().status().role() == Role.LEADER)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }
}
