package io.miroir.fanout.lane;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.cluster.IndexView;
import io.miroir.cluster.health.NodeHealth;
import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.ReplicaState;
import io.miroir.fanout.lane.SimulatedNodes.Fault;
import io.miroir.fanout.spool.Spooler;
import io.miroir.store.ReadLevel;
import io.miroir.store.Refusal;
import io.miroir.store.Reply;
import io.miroir.store.lane.Bind;
import io.miroir.store.lane.Lanes.Binding;
import io.miroir.store.task.IndexNames;
import io.miroir.store.task.TaskQuery;
import io.miroir.store.task.TaskRow;
import io.miroir.store.task.TaskStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Two nodes and a real store under the lanes of a pod, each lane an index of its own. Clients write
 * at the same time, nodes lose requests and answers or find fault with documents, owners now and
 * then hear nothing of a node, or of the store when they bind, and once another owner takes over in
 * the middle of whatever happens. In half of the runs the first one is killed then: what it sent
 * last is lost, or comes to its nodes when nobody waits for it any more, and the owner looks for
 * that.
 *
 * <p>After each run: what was acknowledged has its task; who failed was guilty, or shared its
 * request with who was and could not be told apart; replicas that are read are equal, and hold what
 * the tasks that succeeded leave, one after the other in their lane's order, with any of the writes
 * of which nobody can know what became of them.
 */
final class LaneSimulation implements AutoCloseable {
    private static final int CLIENTS = 5;
    private static final int WRITES = 4;
    private static final int IDS = 3;
    private static final int STEPS_MAX = 60;
    private static final List<String> NODES = List.of("a", "b");
    private static final Duration QUICK = Duration.ofMillis(5);
    private static final List<Fault> FAULTS =
            Arrays.stream(Fault.values()).filter(fault -> fault != Fault.NONE).toList();

    private static final LaneSettings SETTINGS =
            new LaneSettings(
                    LaneFixture.PATIENCE,
                    QUICK,
                    LaneFixture.PATIENCE,
                    Duration.ofSeconds(10),
                    LaneFixture.PATIENCE,
                    CLIENTS,
                    new LaneSettings.Merging(3, 100, 1 << 16));

    private final LaneFixture pod;
    private final TaskFollower other;
    private final SimulatedNodes nodes = new SimulatedNodes();

    /** By lane, those in which things go wrong. */
    private final Map<String, Run> broken = new ConcurrentHashMap<>();

    LaneSimulation(Path directory) throws Exception {
        pod = new LaneFixture(directory, SETTINGS, LaneFixture.SETTINGS);
        pod.node = nodes::answer;
        pod.reads = nodes::answer;
        pod.bind =
                command -> {
                    Run run = broken.get(command.lane());
                    return run == null ? pod.boundByStore(command) : run.bind(command);
                };
        other = pod.anotherFollower();
        pod.follower.start();
        other.start();
    }

    @Override
    public void close() {
        other.close();
        pod.close();
    }

    /** Requests that held several writes. */
    long merged() {
        return pod.counters.mergedRequests().sum();
    }

    /** Those that were sent in parts. */
    long takenApart() {
        return pod.counters.takenApart().sum();
    }

    /** One lane, its clients and one loss of its owner. */
    void run(int seed) throws Exception {
        new Run(seed).run();
    }

    private final class Run {
        private final String index;
        private final Random random;
        private final AtomicReference<Lane> owner = new AtomicReference<>();
        private final AtomicInteger stepsToLoss;
        private final int faultsInHundred;
        private final boolean isLazy;
        private final Map<Long, Boolean> acknowledged =
                Collections.synchronizedMap(new HashMap<>());
        private final NodeHealth health = LaneFixture.health();
        private final LaneContext context = pod.believing(health);
        private final int awayInHundred;
        private final int unansweredInHundred;
        private final boolean isKilled;
        private volatile long lostBefore;
        private String physicalUid = "";
        private @Nullable String away;
        private long unansweredEpoch;
        private boolean isBoundUnanswered;

        Run(int seed) {
            this.index = "s" + seed;
            this.random = new Random(seed);
            this.stepsToLoss = new AtomicInteger(1 + random.nextInt(STEPS_MAX));
            this.faultsInHundred = random.nextInt(4) * 4;
            this.isLazy = random.nextBoolean();
            this.awayInHundred = random.nextInt(3) * 6;
            this.unansweredInHundred = random.nextInt(3) * 6;
            this.isKilled = random.nextBoolean();
        }

        void run() throws Exception {
            owner.set(new Lane(index, context, pod.follower, pod.alone, pod.counters));
            write(Operation.DOCUMENTS_REPLACE, "[{\"id\":1}]", false);
            physicalUid = view().row().physicalUid();
            nodes.breakUnder(physicalUid, this::step, isLazy);
            broken.put(index, this);
            try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> all = new ArrayList<>();
                for (int client = 0; client < CLIENTS; client++) {
                    long seed = random.nextLong();
                    all.add(clients.submit(() -> client(new Random(seed))));
                }
                for (Future<?> client : all) {
                    client.get();
                }
            }
            broken.remove(index);
            nodes.breakUnder(physicalUid, _ -> Fault.NONE, false);
            NODES.forEach(node -> LaneFixture.up(health, node));
            settle();
            nodes.comeLate(physicalUid);
            SimulatedWatch.look(pod, health, index, requireNonNull(owner.get()));
            check();
        }

        private IndexView view() {
            pod.view.catchUp();
            return pod.view.index(index).orElseThrow();
        }

        /** A node is about to be asked: it may be the moment in which the owner is lost. */
        private Fault step(Optional<Mark> mark) {
            if (stepsToLoss.decrementAndGet() == 0) {
                Lane next = new Lane(index, context, other, pod.alone, pod.counters);
                try {
                    next.resume(() -> true);
                    owner.set(next);
                } catch (ApiException notNow) {
                    // It claimed the lane and could not settle it: the first one claims it again.
                    assertTrue(notNow.status() >= 500);
                } catch (InterruptedException stopped) {
                    throw new IllegalStateException(stopped);
                }
                lostBefore = epoch();
            }
            synchronized (random) {
                goOrCome();
                if (isKilled && mark.filter(sent -> sent.epoch() < lostBefore).isPresent()) {
                    return random.nextBoolean() ? Fault.REQUEST_LATE : Fault.REQUEST_LOST;
                }
                if (lostBefore > 0 && random.nextInt(10) == 0) {
                    nodes.comeLate(physicalUid);
                }
                return random.nextInt(100) >= faultsInHundred
                        ? Fault.NONE
                        : FAULTS.get(random.nextInt(FAULTS.size()));
            }
        }

        /** One node at a time is not heard of, for a short while. */
        private void goOrCome() {
            if (away == null && random.nextInt(100) < awayInHundred) {
                away = NODES.get(random.nextInt(NODES.size()));
                LaneFixture.down(health, away);
            } else if (random.nextInt(3) == 0) {
                come();
            }
        }

        private void come() {
            if (away != null) {
                LaneFixture.up(health, away);
                away = null;
            }
        }

        /**
         * An owner that was not answered once is not answered any more, whatever was done. Whoever
         * settles what it left is answered always.
         */
        private Reply<Binding> bind(Bind command) {
            boolean settles = Details.parse(command.detailsJson()).sentAs() != null;
            boolean isAnswered;
            boolean isBound;
            synchronized (random) {
                // What a node misses that is away must be marked by whoever comes next.
                int inHundred = away == null ? unansweredInHundred : 5 * unansweredInHundred;
                if (!settles
                        && command.epoch() != unansweredEpoch
                        && random.nextInt(100) < inHundred) {
                    unansweredEpoch = command.epoch();
                    isBoundUnanswered = random.nextBoolean();
                    come();
                }
                isAnswered = command.epoch() != unansweredEpoch;
                isBound = isAnswered || isBoundUnanswered;
            }
            // One of those that are not tried again.
            Reply<Binding> silence = new Reply.Refused<>(new Refusal.TooLarge(3, 2));
            Reply<Binding> reply = isBound ? pod.boundByStore(command) : silence;
            return isAnswered ? reply : silence;
        }

        private Void client(Random own) throws Exception {
            for (int i = 0; i < WRITES; i++) {
                int id = 1 + own.nextInt(IDS);
                int kind = own.nextInt(10);
                boolean guilty = own.nextInt(8) == 0;
                String fault = own.nextBoolean() ? ",\"guilty\":true" : ",\"refused\":true";
                String document =
                        "[{\"id\":%d,\"f%d\":%d%s}]"
                                .formatted(id, own.nextInt(4), own.nextInt(), guilty ? fault : "");
                if (kind == 0) {
                    write(Operation.DOCUMENTS_DELETE, "[\"" + id + "\"]", false);
                } else if (kind < 5) {
                    write(Operation.DOCUMENTS_UPDATE, document, guilty);
                } else {
                    write(Operation.DOCUMENTS_REPLACE, document, guilty);
                }
            }
            return null;
        }

        private void write(Operation operation, String json, boolean guilty) throws Exception {
            WriteRequest request = LaneFixture.request(operation, index, null);
            try {
                // Whoever lost the lane answers nothing, and the next owner is asked.
                Optional<LaneReply> reply = Optional.empty();
                while (reply.isEmpty()) {
                    Lane lane = requireNonNull(owner.get());
                    Spooler.Received body = pod.body(json);
                    try (var _ = body.body()) {
                        reply = lane.run(request, body, () -> owner.get() == lane);
                    }
                }
                acknowledged.put(reply.get().taskUid(), guilty);
            } catch (ApiException refused) {
                // Refused, or nobody knows: nothing was promised.
                assertTrue(refused.status() >= 400);
            }
        }

        /** What the keeper of lanes does until nothing is open. */
        private void settle() throws InterruptedException {
            Lane lane = requireNonNull(owner.get());
            LaneFixture.await(
                    () -> {
                        lane.releaseIfPast(epoch());
                        try {
                            lane.resume(() -> true);
                        } catch (ApiException notNow) {
                            return false;
                        } catch (InterruptedException stopped) {
                            throw new IllegalStateException(stopped);
                        }
                        return pod.store.lanes().openIntents(ReadLevel.LOCAL, index).isEmpty()
                                && pod.store.tasks().unfinished(ReadLevel.LOCAL, index).isEmpty();
                    });
        }

        private long epoch() {
            return pod.store.lanes().get(ReadLevel.LOCAL, index).orElseThrow().epoch();
        }

        private void check() {
            Map<Long, TaskRow> tasks = new HashMap<>();
            TaskQuery all = TaskQuery.newest(1_000).within(IndexNames.of(Set.of(index)));
            pod.store
                    .tasks()
                    .list(ReadLevel.LOCAL, all)
                    .tasks()
                    .forEach(task -> tasks.put(task.uid(), task));
            acknowledged.forEach((uid, guilty) -> checkEnd(requireNonNull(tasks.get(uid)), guilty));
            IndexView view = view();
            Map<Long, SimulatedWrites.Change> asked = nodes.changes(view.row().physicalUid());
            TreeMap<Long, SimulatedWrites.Change> done = new TreeMap<>();
            TreeMap<Long, SimulatedWrites.Change> unknown = new TreeMap<>(asked);
            for (TaskRow task : tasks.values()) {
                long position = requireNonNull(task.origin()).position();
                SimulatedWrites.Change change = asked.get(position);
                if (change != null && !isUnknown(task)) {
                    unknown.remove(position);
                    if (task.status() == TaskStatus.SUCCEEDED) {
                        done.put(position, change);
                    }
                }
            }
            unknown.values().removeIf(SimulatedWrites.Change::isFaulty);
            SimulatedWrites written = new SimulatedWrites(done, unknown);
            for (int id = 1; id <= IDS; id++) {
                check(view, Integer.toString(id), written);
            }
        }

        /**
         * The end says so; or it failed beside a guilty one when the lane had changed hands, and
         * the owner that was lost may have been about to send it again (ADR 0014).
         */
        private boolean isUnknown(TaskRow task) {
            boolean isLeft = requireNonNull(task.origin()).epoch() < epoch();
            return String.valueOf(task.errorJson()).contains("miroir_indeterminate")
                    || (isLeft && task.status() == TaskStatus.FAILED && wasBesideGuilty(task));
        }

        private void check(IndexView view, String key, SimulatedWrites written) {
            List<Optional<ObjectNode>> read =
                    NODES.stream()
                            .filter(
                                    node ->
                                            view.state(node, Rendezvous.shard(key, 4))
                                                    == ReplicaState.IN_SYNC)
                            .map(node -> nodes.document(node, view.row().physicalUid(), key))
                            .toList();
            Supplier<String> told = () -> key + " is " + read + ": " + written;
            assertTrue(!read.isEmpty(), told);
            assertEquals(1, read.stream().distinct().count(), told);
            assertTrue(written.mayLeave(key, read.getFirst()), told);
        }

        private void checkEnd(TaskRow task, boolean guilty) {
            assertTrue(task.status().terminal(), task::toString);
            boolean failed = task.status() == TaskStatus.FAILED;
            assertTrue(!failed || guilty || wasBesideGuilty(task), task::toString);
            assertTrue(failed || !guilty, () -> "the guilty one succeeded: " + task);
        }

        private boolean wasBesideGuilty(TaskRow task) {
            return requireNonNull(task.origin()).accepted().entrySet().stream()
                    .anyMatch(node -> nodes.wasGuilty(node.getKey(), node.getValue()));
        }
    }
}
