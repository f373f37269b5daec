package io.miroir.raft;

import io.miroir.raft.link.Acknowledged;
import io.miroir.raft.link.LinkService;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ReconfigurationInProgressException;
import org.apache.ratis.protocol.exceptions.ReconfigurationTimeoutException;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who belongs to the group. The list lives in Ratis' own configuration, which is in the log: every
 * pod has the same one, and it changes by joint consensus. Any pod can tell the members, the leader
 * alone changes them, one change at a time.
 */
public final class Membership {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

    /** Entries that a listener may be behind when it gets a vote: a moment's worth. */
    private static final long BEHIND_MAX = 1_000;

    /** A newcomer may have to be sent the whole database. */
    private static final long JOIN_MILLIS_MAX = 600_000;

    private static final long CHANGE_MILLIS_MAX = 10_000;
    private static final long LOOK_MILLIS = 10;

    private final RaftServer server;
    private final RaftStoreConfig config;
    private final IntSupplier clusterFormat;
    private final ClientId clientId = ClientId.randomId();
    private final AtomicLong callIds = new AtomicLong();
    private final ReentrantLock changing = new ReentrantLock();

    Membership(RaftServer server, RaftStoreConfig config, IntSupplier clusterFormat) {
        this.server = server;
        this.config = config;
        this.clusterFormat = clusterFormat;
    }

    /** The members that this pod knows of, by id; during a change those of after it. */
    public List<Member> members() {
        RaftConfiguration known = division().getRaftConf();
        List<Member> members = new ArrayList<>();
        known.getCurrentPeers(RaftPeerRole.FOLLOWER).forEach(p -> members.add(member(p, true)));
        known.getCurrentPeers(RaftPeerRole.LISTENER).forEach(p -> members.add(member(p, false)));
        members.sort(Comparator.comparing(Member::id));
        return members;
    }

    /** Ids of the members that have answered lately; known to the leader alone, else empty. */
    public Set<String> alive() {
        var role = division().getInfo().getRoleInfoProto();
        Set<String> alive = new HashSet<>();
        if (!role.hasLeaderInfo()) {
            return alive;
        }
        alive.add(config.podId());
        for (ServerRpcProto follower : role.getLeaderInfo().getFollowerInfoList()) {
            if (follower.getLastRpcElapsedTimeMs() < silenceMillisMax()) {
                alive.add(follower.getId().getId().toStringUtf8());
            }
        }
        return alive;
    }

    /**
     * For how long each listener has not answered, by this pod's monotonic clock, which counts only
     * while it leads; empty if it does not.
     */
    public Map<String, Duration> silentListeners() {
        var role = division().getInfo().getRoleInfoProto();
        Set<String> listeners =
                division().getRaftConf().getCurrentPeers(RaftPeerRole.LISTENER).stream()
                        .map(peer -> peer.getId().toString())
                        .collect(Collectors.toSet());
        Map<String, Duration> silent = new HashMap<>();
        for (ServerRpcProto follower : role.getLeaderInfo().getFollowerInfoList()) {
            String id = follower.getId().getId().toStringUtf8();
            if (listeners.contains(id)) {
                // To a new leader they look as if they had answered before it led.
                long millis =
                        Math.min(follower.getLastRpcElapsedTimeMs(), role.getRoleElapsedTimeMs());
                silent.put(id, Duration.ofMillis(millis));
            }
        }
        return silent;
    }

    private long silenceMillisMax() {
        return 2L * config.tuning().electionMillisMax();
    }

    /**
     * Waits until this pod has applied what its predecessor agreed on, a raise of the format among
     * it, and each member has answered, or its silence means something: a new leader counts from
     * its election.
     *
     * @return false if this pod does not lead any more
     */
    private boolean canDecide() throws InterruptedException {
        while (true) {
            var role = division().getInfo().getRoleInfoProto();
            if (!role.hasLeaderInfo()) {
                return false;
            }
            List<Long> silentMillis =
                    role.getLeaderInfo().getFollowerInfoList().stream()
                            .map(ServerRpcProto::getLastRpcElapsedTimeMs)
                            .toList();
            if (division().getInfo().isLeaderReady()
                    && MembershipPlan.knowsWhoLives(
                            role.getRoleElapsedTimeMs(), silentMillis, silenceMillisMax())) {
                return true;
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /** Whether this pod's log holds anything: its cluster has had a leader. */
    public boolean hasLog() {
        return division().getRaftLog().getLastEntryTermIndex() != null
                || division().getStateMachine().getLatestSnapshot() != null;
    }

    /** The last index that each member has said it knows to be committed. */
    public Map<String, Long> commits() {
        Map<String, Long> commits = new HashMap<>();
        for (CommitInfoProto info : division().getCommitInfos()) {
            commits.put(info.getServer().getId().toStringUtf8(), info.getCommitIndex());
        }
        return commits;
    }

    /**
     * What a member has acknowledged to this pod, if it leads and a majority says so; waits for
     * that, half a second at most.
     *
     * @param itsTerm the term that the member's disk is at
     */
    public Optional<Acknowledged> acknowledged(String podId, long itsTerm) {
        if (!division().getInfo().isLeader()) {
            return Optional.empty();
        }
        LinkService links = (LinkService) server.getServerRpc();
        try {
            return Optional.of(
                    links.acknowledged(config.groupId(), RaftPeerId.valueOf(podId), itsTerm));
        } catch (IOException unknown) {
            LOG.debug("What {} has acknowledged is not told: {}", podId, unknown.toString());
            return Optional.empty();
        }
    }

    /**
     * Makes a change and waits for it: up to ten minutes for a pod that joins, which is sent all
     * data first; seconds else.
     */
    public MemberOutcome change(MemberChange change) {
        boolean joins = change instanceof MemberChange.Join;
        return change(
                change.toString(),
                joins ? JOIN_MILLIS_MAX : CHANGE_MILLIS_MAX,
                (now, alive) ->
                        MembershipPlan.decide(
                                now, alive, caughtUp(), clusterFormat.getAsInt(), change));
    }

    /**
     * Strikes off a listener that has been silent for long; refused if it answers again or has a
     * vote by now.
     */
    public MemberOutcome strikeOff(String listener) {
        return change(
                "the absence of " + listener,
                CHANGE_MILLIS_MAX,
                (now, alive) -> MembershipPlan.absent(now, alive, listener));
    }

    private MemberOutcome change(
            String why,
            long millisMax,
            BiFunction<List<Member>, Set<String>, MembershipPlan.Decision> plan) {
        if (!division().getInfo().isLeader()) {
            return new MemberOutcome.NotLeader(leaderId());
        }
        if (!changing.tryLock()) {
            return new MemberOutcome.Refused("another change of the members is under way");
        }
        try {
            return canDecide()
                    ? decided(why, millisMax, plan)
                    : new MemberOutcome.NotLeader(leaderId());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new MemberOutcome.Undecided("interrupted");
        } finally {
            changing.unlock();
        }
    }

    /**
     * Does something about the members while nobody can join or leave; nothing where that is under
     * way. For the leader.
     */
    public void whileUnchanged(Consumer<List<Member>> work) {
        if (!changing.tryLock()) {
            return;
        }
        try {
            if (division().getInfo().isLeaderReady() && !isChanging()) {
                work.accept(members());
            }
        } finally {
            changing.unlock();
        }
    }

    private boolean isChanging() {
        return !division().getRaftConf().getPreviousPeers().isEmpty();
    }

    private MemberOutcome decided(
            String why,
            long millisMax,
            BiFunction<List<Member>, Set<String>, MembershipPlan.Decision> plan) {
        if (isChanging()) {
            return new MemberOutcome.Refused("another change of the members is under way");
        }
        List<Member> now = members();
        Set<String> alive = alive();
        if (alive.isEmpty()) {
            return new MemberOutcome.NotLeader(leaderId());
        }
        return switch (plan.apply(now, alive)) {
            case MembershipPlan.Decision.Nothing _ -> new MemberOutcome.Changed(now);
            case MembershipPlan.Decision.Refuse refuse -> new MemberOutcome.Refused(refuse.why());
            case MembershipPlan.Decision.Apply apply -> {
                if (apply.next().stream().noneMatch(m -> m.id().equals(config.podId()))) {
                    // A leader outside the group would close before its followers know of it.
                    yield new MemberOutcome.Refused(
                            config.podId() + " leads: leadership must move before it can leave");
                }
                LOG.info("Members change by {}: {} -> {}", why, now, apply.next());
                yield agree(apply.next(), millisMax);
            }
        };
    }

    private MemberOutcome agree(List<Member> next, long millisMax) {
        RaftConfiguration current = division().getRaftConf();
        SetConfigurationRequest.Arguments arguments =
                SetConfigurationRequest.Arguments.newBuilder()
                        .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                        .setServersInCurrentConf(
                                List.copyOf(current.getCurrentPeers(RaftPeerRole.FOLLOWER)))
                        .setListenersInCurrentConf(
                                List.copyOf(current.getCurrentPeers(RaftPeerRole.LISTENER)))
                        .setServersInNewConf(peers(next, true))
                        .setListenersInNewConf(peers(next, false))
                        .build();
        SetConfigurationRequest request =
                new SetConfigurationRequest(
                        clientId,
                        server.getId(),
                        config.groupId(),
                        callIds.incrementAndGet(),
                        arguments);
        try {
            RaftClientReply reply =
                    server.setConfigurationAsync(request).get(millisMax, TimeUnit.MILLISECONDS);
            return reply.isSuccess()
                    ? new MemberOutcome.Changed(next)
                    : failed(reply.getException());
        } catch (TimeoutException e) {
            return new MemberOutcome.Undecided("no answer within " + millisMax + " ms");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new MemberOutcome.Undecided("interrupted");
        } catch (ExecutionException e) {
            return failed(e.getCause());
        } catch (IOException e) {
            return failed(e);
        }
    }

    private MemberOutcome failed(@Nullable Throwable why) {
        return switch (why) {
            case NotLeaderException _ -> new MemberOutcome.NotLeader(leaderId());
            case ReconfigurationInProgressException _ ->
                    new MemberOutcome.Refused("another change of the members is under way");
            case ReconfigurationTimeoutException _ ->
                    new MemberOutcome.Refused("the newcomer's Raft port does not answer");
            case null, default -> new MemberOutcome.Undecided(String.valueOf(why));
        };
    }

    /** Those whose commit index, as far as the leader has heard, is close to its own. */
    private Set<String> caughtUp() {
        Set<String> near = new HashSet<>();
        long committed = division().getRaftLog().getLastCommittedIndex();
        commits()
                .forEach(
                        (id, index) -> {
                            if (committed - index <= BEHIND_MAX) {
                                near.add(id);
                            }
                        });
        return near;
    }

    private @Nullable String leaderId() {
        RaftPeerId leader = division().getInfo().getLeaderId();
        return leader == null ? null : leader.toString();
    }

    private RaftServer.Division division() {
        try {
            return server.getDivision(config.groupId());
        } catch (IOException e) {
            throw new IllegalStateException("no division of our only group", e);
        }
    }

    private static List<RaftPeer> peers(Collection<Member> members, boolean voters) {
        return members.stream()
                .filter(member -> member.voter() == voters)
                .map(Membership::peer)
                .toList();
    }

    /**
     * What Ratis has no field for, the address of the peer service and the incarnation, travels
     * where it keeps an address for data streams: we have none.
     */
    static RaftPeer peer(Member member) {
        RaftPeer.Builder peer =
                RaftPeer.newBuilder()
                        .setId(member.id())
                        .setAddress(member.raftAddress())
                        .setStartupRole(
                                member.voter() ? RaftPeerRole.FOLLOWER : RaftPeerRole.LISTENER);
        if (!member.peerAddress().isEmpty()) {
            peer.setDataStreamAddress(member.peerAddress() + "#" + member.incarnation());
        }
        return peer.build();
    }

    private static Member member(RaftPeer peer, boolean voter) {
        String more = peer.getDataStreamAddress();
        int end = more == null ? -1 : more.indexOf('#');
        boolean none = more == null || end < 0;
        return new Member(
                peer.getId().toString(),
                peer.getAddress(),
                none ? "" : more.substring(0, end),
                none ? "" : more.substring(end + 1),
                voter);
    }
}
