package io.miroir.cluster.member;

import io.miroir.cluster.peer.DigestsAsked;
import io.miroir.cluster.peer.DigestsTold;
import io.miroir.cluster.peer.Doorway;
import io.miroir.cluster.peer.Greeted;
import io.miroir.cluster.peer.Greeting;
import io.miroir.cluster.peer.PeerEndpoint;
import io.miroir.cluster.peer.Peers;
import io.miroir.cluster.peer.PodFacts;
import io.miroir.raft.ComparedTables;
import io.miroir.raft.LostVote;
import io.miroir.raft.Member;
import io.miroir.raft.MemberChange;
import io.miroir.raft.MemberOutcome;
import io.miroir.raft.RaftTaskStore;
import io.miroir.raft.StoreCheck;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings this pod into its cluster, and answers others that want to enter it. Before the task store
 * is opened all configured pods are asked who they are; {@link Entrance} decides what follows.
 */
public final class Doorkeeper implements Doorway, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Doorkeeper.class);
    private static final Duration CHANGE_TIMEOUT = Duration.ofSeconds(15);
    private static final Duration JOIN_TIMEOUT = Duration.ofMinutes(11);
    private static final long ASK_AGAIN_MILLIS = 150;
    private static final long TELL_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** How long data that can't be used alone waits for a leader that can repair it. */
    private static final long REPAIR_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);

    /** Shorter than whoever greets waits for the answer. */
    private static final Duration REACHED_TIMEOUT = Duration.ofMillis(700);

    private final Self self;
    private final Peers peers;
    private final Addresses addresses;
    private final Greetings greetings;
    private final Consumer<Throwable> onFatal;
    private volatile Optional<PodIdentity> identity;

    /** Of a member's disk, before it was opened. */
    private volatile Optional<StoreCheck.Report> found = Optional.empty();

    private volatile @Nullable RaftTaskStore store;
    private volatile @Nullable Lookout lookout;

    /**
     * This pod as it is configured.
     *
     * @param member its id and addresses; whether it has a vote is not its to say
     * @param run names this run, random
     * @param knownFormat the highest format of commands that its program knows
     */
    public record Self(Member member, Path dataDir, long run, int knownFormat) {
        String podId() {
            return member.id();
        }
    }

    /**
     * @param others the configured ones
     * @param peers knows the others, asks them only greetings so far
     * @param onFatal told when this pod must not go on
     */
    public Doorkeeper(
            Self self, List<PeerEndpoint> others, Peers peers, Consumer<Throwable> onFatal) {
        this.self = self;
        this.peers = peers;
        this.onFatal = onFatal;
        this.addresses = new Addresses(self.podId(), others);
        this.greetings = new Greetings(peers, addresses);
        this.identity = DataOwner.of(self.dataDir(), self.podId());
    }

    // ---- entering

    /**
     * Waits until it is clear how this pod enters; may be long for a first start, which needs all
     * configured pods.
     *
     * @throws StartRefusedException if it must not start like this
     */
    public Admission enter() {
        found =
                identity.filter(own -> own.stage() == PodIdentity.Stage.MEMBER)
                        .map(own -> StoreCheck.examine(self.dataDir(), own.clusterId()));
        long startedNanos = System.nanoTime();
        long toldNanos = startedNanos - TELL_AGAIN_NANOS;
        UUID fresh = UUID.randomUUID();
        while (true) {
            greetAll();
            String damage = found.map(this::damage).orElse(null);
            Entrance.Situation now =
                    new Entrance.Situation(
                            self.podId(),
                            identity,
                            damage,
                            List.copyOf(addresses.configured()),
                            greetings.heard(),
                            greetings.late(),
                            Duration.ofNanos(System.nanoTime() - startedNanos));
            switch (Entrance.decide(now, fresh)) {
                case Entrance.Decision.Refuse refuse ->
                        throw new StartRefusedException(refuse.why());
                case Entrance.Decision.Open open -> {
                    LOG.info("pod {} of cluster {}", self.podId(), open.clusterId());
                    boolean proven = found.map(StoreCheck.Report::proven).orElse(true);
                    return new Admission(open.clusterId(), List.of(), false, false, proven);
                }
                case Entrance.Decision.Found form -> {
                    LOG.info(
                            "forming cluster {} with {}", form.clusterId(), addresses.configured());
                    settle(form.clusterId(), PodIdentity.Stage.FOUNDING);
                    return new Admission(form.clusterId(), List.of(), false, false, true);
                }
                case Entrance.Decision.Join join -> {
                    return new Joining(self, this::toLeader, this::facts)
                            .prepare(
                                    join.clusterId(),
                                    damage,
                                    () -> settle(join.clusterId(), PodIdentity.Stage.JOINING));
                }
                case Entrance.Decision.Wait wait -> {
                    long nowNanos = System.nanoTime();
                    if (damage != null && nowNanos - startedNanos > REPAIR_NANOS_MAX) {
                        throw new StartRefusedException(wait.why());
                    }
                    if (nowNanos - toldNanos > TELL_AGAIN_NANOS) {
                        LOG.warn("waiting: {}", wait.why());
                        toldNanos = nowNanos;
                    }
                    Patience.pause(ASK_AGAIN_MILLIS, "waiting for the other pods");
                }
            }
        }
    }

    /**
     * What is wrong with the data, also as others see it: who has told them of more than it has, is
     * an old copy of itself.
     */
    private @Nullable String damage(StoreCheck.Report disk) {
        if (disk.damage() != null) {
            return disk.damage();
        }
        return identity.flatMap(own -> OldCopy.ofMember(own, disk.held(), greetings.welcomes()))
                .orElse(null);
    }

    /** The store is open: newcomers ask for their place in the group, and others hear of us. */
    public void opened(RaftTaskStore opened, Admission admission) {
        store = opened;
        if (admission.newcomer()) {
            UUID incarnation = identity.map(PodIdentity::incarnation).orElseThrow();
            new Joining(self, this::toLeader, this::facts).finish(admission, incarnation);
            settle(admission.clusterId(), PodIdentity.Stage.MEMBER);
        }
        lookout = new Lookout(self.podId(), peers, addresses, greetings, this, onFatal, opened);
    }

    /** The cluster has decided something: it is not being founded any more. */
    void founded() {
        identity.filter(own -> own.stage() == PodIdentity.Stage.FOUNDING)
                .ifPresent(own -> settle(own.clusterId(), PodIdentity.Stage.MEMBER));
    }

    /** The store is about to be closed, and {@link #enter} to be asked again. */
    public void closing() {
        store = null;
        close();
    }

    private void settle(UUID clusterId, PodIdentity.Stage stage) {
        UUID incarnation =
                stage == PodIdentity.Stage.MEMBER && identity.isPresent()
                        ? identity.get().incarnation()
                        : UUID.randomUUID();
        if (stage != PodIdentity.Stage.JOINING) {
            LostVote.remove(self.dataDir());
        }
        PodIdentity next = new PodIdentity(self.podId(), clusterId, incarnation, stage);
        next.write(self.dataDir());
        identity = Optional.of(next);
    }

    private void greetAll() {
        greetAll(found.map(disk -> disk.held().term()).orElse(0L));
    }

    /** Greets as a pod whose store is open: its log has gone on since its disk was looked at. */
    void greetAgain() {
        greetAll(0);
    }

    private void greetAll(long term) {
        greetings.all(
                new Greeting(
                        self.podId(),
                        identity.map(PodIdentity::clusterId).orElse(null),
                        self.run(),
                        self.knownFormat(),
                        term),
                this::mayLead);
    }

    /** A member knows who else is one; a pod that enters has only others' word. */
    private boolean mayLead(String podId) {
        List<Member> members = members();
        return members.isEmpty()
                || identity.filter(own -> own.stage() == PodIdentity.Stage.MEMBER).isEmpty()
                || members.stream().anyMatch(member -> member.id().equals(podId));
    }

    /** What is known of the cluster now. */
    private List<PodFacts> facts() {
        greetAll();
        return greetings.welcomes().stream().map(Greeted.Welcome::facts).toList();
    }

    // ---- others

    @Override
    public Greeted greet(Greeting from) {
        Optional<String> refusal = visited().refusal(from);
        if (refusal.isPresent()) {
            return refused(new Greeted.Refused(refusal.get()));
        }
        if (!peers.ids().contains(from.podId())) {
            return welcome(from, true);
        }
        OptionalLong there = peers.arrivedRun(from.podId(), REACHED_TIMEOUT);
        return there.isPresent() && there.getAsLong() != from.run()
                ? refused(
                        new Greeted.Refused(
                                """
                                another pod named %s runs already, where it is known to be: of two \
                                copies of a data_dir one must go"""
                                        .formatted(from.podId()),
                                true))
                : welcome(from, there.isPresent());
    }

    private Greeted welcome(Greeting from, boolean reached) {
        RaftTaskStore open = store;
        return new Greeted.Welcome(
                OwnFacts.of(self, identity, open),
                open == null
                        ? Optional.empty()
                        : open.membership().acknowledged(from.podId(), from.term()),
                true,
                reached);
    }

    /** Who is greeted. */
    private Visited visited() {
        RaftTaskStore open = store;
        return new Visited(
                self.podId(),
                self.run(),
                identity.map(PodIdentity::clusterId).orElse(null),
                open == null
                        ? OptionalInt.empty()
                        : OptionalInt.of(open.clusterFormat().current()));
    }

    @Override
    public long run() {
        return self.run();
    }

    @Override
    public int knownFormat() {
        return self.knownFormat();
    }

    private static Greeted refused(Greeted.Refused refused) {
        LOG.error("refused a pod: {}", refused.why());
        return refused;
    }

    @Override
    public DigestsTold digests(DigestsAsked asked, ComparedTables.Asker asker) {
        RaftTaskStore open = store;
        return open == null
                ? new DigestsTold.NotNow("not open yet")
                : Comparer.answer(open, asked, asker);
    }

    @Override
    public MemberOutcome change(MemberChange change) {
        RaftTaskStore open = store;
        if (open == null) {
            return new MemberOutcome.NotLeader(null);
        }
        if (change instanceof MemberChange.Leave(String id)
                && id.equals(self.podId())
                && id.equals(open.status().leaderId())) {
            open.handOver();
        }
        return open.membership().change(change);
    }

    /** Brings a change to the leader, wherever it is. */
    public MemberOutcome toLeader(MemberChange change) {
        MemberOutcome outcome = change(change);
        if (!(outcome instanceof MemberOutcome.NotLeader here)) {
            return outcome;
        }
        String leader = here.leaderId() == null ? leaderOfOthers() : here.leaderId();
        if (leader == null) {
            return new MemberOutcome.Refused("there is no leader now: ask again");
        }
        Duration timeout = change instanceof MemberChange.Join ? JOIN_TIMEOUT : CHANGE_TIMEOUT;
        MemberOutcome answer = peers.change(leader, change, timeout);
        // A pod that is not in yet hears of no election: whom it took for the leader knows better.
        return answer instanceof MemberOutcome.NotLeader(String next)
                        && next != null
                        && !next.equals(leader)
                ? peers.change(next, change, timeout)
                : answer;
    }

    private @Nullable String leaderOfOthers() {
        return facts().stream()
                .map(PodFacts::leaderId)
                .filter(id -> id != null && !id.equals(self.podId()))
                // Nobody is asked at an address that may be another pod's by now.
                .filter(
                        id ->
                                addresses.configured().contains(id)
                                        || greetings.heard().containsKey(id))
                .findFirst()
                .orElse(null);
    }

    /** Who this pod is, once that is known. */
    public Optional<PodIdentity> identity() {
        return identity;
    }

    /** The members as this pod knows them; empty before its store is open. */
    public List<Member> members() {
        RaftTaskStore open = store;
        return open == null ? List.of() : open.membership().members();
    }

    /** The highest format of commands that each pod has said that it knows, this one's with it. */
    public Map<String, Integer> knownFormats() {
        Map<String, Integer> known = new HashMap<>(peers.knownFormats());
        known.put(self.podId(), self.knownFormat());
        return known;
    }

    /** The same of a pod that is to join, if it answers. */
    public OptionalInt knownFormat(Member pod) {
        return addresses
                .of(pod)
                .map(there -> peers.knownFormat(there, Greetings.TIMEOUT))
                .orElse(OptionalInt.empty());
    }

    /** Ids of the pods that answer: those that the leader hears, or else this pod. */
    public Set<String> alive() {
        RaftTaskStore open = store;
        Set<String> led = open == null ? Set.of() : open.membership().alive();
        return led.isEmpty() ? peers.live() : led;
    }

    @Override
    public void close() {
        Lookout looking = lookout;
        if (looking != null) {
            looking.close();
        }
    }
}
