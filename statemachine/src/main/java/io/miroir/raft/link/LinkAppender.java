package io.miroir.raft.link;

import io.miroir.raft.link.AppendPlan.Next;
import io.miroir.raft.link.Unanswered.Sent;
import java.io.IOException;
import java.util.Comparator;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.leader.LogAppenderBase;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.Timestamp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one follower's log as the leader's (Raft, section 5.3), several appends under way at a
 * time. An entry is sent by the thread that brings it, where that is safe, else by a thread of this
 * appender's own.
 *
 * <p>What is committed is told by the next entries, or by an append without any: at once if another
 * pod may wait for it, else after {@link NewsRest a moment}. Ratis would tell it by an entry of the
 * log after each entry, which every disk syncs, or by the next heartbeat, a quarter of a second
 * later.
 */
final class LinkAppender extends LogAppenderBase {
    private static final Logger LOG = LoggerFactory.getLogger(LinkAppender.class);

    /** Bytes that a thread other than this appender's may have under way: no socket is too full. */
    private static final long HERE_BYTES_MAX = 64 << 10;

    /** Entries that such a thread looks at. */
    private static final int HERE_ENTRIES_MAX = 8;

    private static final long NO_ENTRY = RaftLog.INVALID_LOG_INDEX;

    private final LinkService service;
    private final AtomicLong callIds = new AtomicLong();
    private final Semaphore wake = new Semaphore(0);

    /** Whoever sends, or moves the index of the next entry. */
    private final ReentrantLock sending = new ReentrantLock();

    private final Unanswered unanswered = new Unanswered();

    /** For this appender's own thread: whoever hears an answer must not wait for a lock. */
    private final Queue<Trouble> troubles = new ConcurrentLinkedQueue<>();

    /** Since the follower last went along. */
    private final AtomicInteger failures = new AtomicInteger();

    private volatile @Nullable Link link;

    /** Whether the last thing heard of the follower is that it goes along. */
    private volatile boolean goesAlong;

    private long toldIndex = NO_ENTRY;

    /** In which its leader leads; 0 until something was sent. */
    private volatile long term;

    private final NewsRest news = new NewsRest();

    /**
     * An append that the follower did not take.
     *
     * @param wantedIndex what it wants to have next, if it said so
     */
    private record Trouble(long callId, Sent sent, long wantedIndex) {}

    LinkAppender(RaftServer.Division server, LeaderState state, FollowerInfo follower) {
        super(server, state, follower);
        this.service = (LinkService) getServerRpc();
    }

    /** From now on it is asked what its follower has acknowledged, and told what others await. */
    void begin() {
        service.acknowledgements().begins(this);
    }

    @Override
    public long getCallId() {
        return callIds.get();
    }

    @Override
    public Comparator<Long> getCallIdComparator() {
        return Comparator.naturalOrder();
    }

    /** What the follower has told this leader that it has on disk. */
    Acknowledged acknowledged() {
        long index = getFollower().getMatchIndex();
        TermIndex entry = index < 0 ? null : getRaftLog().getTermIndex(index);
        return new Acknowledged(term, index, entry == null ? 0 : entry.getTerm());
    }

    /** A heartbeat must not claim what is still on its way. */
    @Override
    public boolean hasPendingDataRequests() {
        return unanswered.withEntries() > 0;
    }

    @Override
    public void run() throws InterruptedException, IOException {
        while (isRunning()) {
            long waitNanos = step();
            getLeaderState().checkHealth(getFollower());
            if (failures.get() > 0) {
                // Not to be woken: each new entry would be a try.
                TimeUnit.MILLISECONDS.sleep(AppendPlan.pauseMillis(failures.get()));
                wake.drainPermits();
            } else if (wake.tryAcquire(waitNanos, TimeUnit.NANOSECONDS)) {
                wake.drainPermits();
            }
        }
    }

    /** A thread that hangs in a write to a frozen follower is freed by the connection's end. */
    @Override
    public CompletableFuture<LifeCycle.State> stopAsync() {
        CompletableFuture<LifeCycle.State> end = super.stopAsync();
        service.acknowledgements().ends(this);
        Link open = link;
        if (open != null) {
            open.close();
        }
        return end;
    }

    /** Somebody begins to wait for what is committed. */
    void awaited() {
        if (news.rests()) {
            notifyLogAppender();
        }
    }

    /** Called whenever something moved: new entries, a new commit, a heartbeat that is wanted. */
    @Override
    public void notifyLogAppender() {
        if (!sendHere()) {
            wakeUp();
        }
    }

    /** A permit is a flag here: nobody counts what a follower that is away does not take. */
    private void wakeUp() {
        if (wake.availablePermits() == 0) {
            wake.release();
        }
    }

    // ---- sending

    /** On this appender's own thread; answers how long there is nothing to do. */
    private long step() throws RaftLogIOException {
        sending.lock();
        try {
            mend();
            Link to = connected();
            SnapshotInfo snapshot = shouldInstallSnapshot();
            if (snapshot != null) {
                SnapshotSender.send(this, service, snapshot);
            }
            while (sendNext(to)) {
                // Until nothing is due, or enough is under way.
            }
        } catch (RaftLogIOException e) {
            throw e;
        } catch (IOException e) {
            rewind(null);
            failed(e);
        } finally {
            sending.unlock();
        }
        long heartbeatNanos = TimeUnit.MILLISECONDS.toNanos(Math.max(1, getHeartbeatWaitTimeMs()));
        return news.look(System.nanoTime(), heartbeatNanos);
    }

    private Link connected() throws IOException {
        Link open = service.appendsTo(getFollowerId());
        if (open != link) {
            rewind(null);
            link = open;
        }
        return open;
    }

    /**
     * On the thread that moved something, which must not wait (for the lock, the disk or the
     * follower) nor hear of what goes wrong: the own thread meets it again.
     *
     * @return whether nothing is left to send
     */
    private boolean sendHere() {
        Link to = link;
        if (to == null || !to.isOpen() || !goesAlong || !sending.tryLock()) {
            return false;
        }
        try {
            if (!isRunning() || !troubles.isEmpty() || shouldInstallSnapshot() != null) {
                return false;
            }
            while (isLittle()) {
                if (!sendNext(to)) {
                    return !hasAppendEntries() && news.isLookedAt();
                }
            }
            return false;
        } catch (IOException | RuntimeException e) {
            LOG.debug("{}: left to its own thread", this, e);
            goesAlong = false;
            return false;
        } finally {
            sending.unlock();
        }
    }

    /** Whether what is under way and what is next fit into the socket's buffer. */
    private boolean isLittle() throws RaftLogIOException {
        RaftLog log = getRaftLog();
        long next = getFollower().getNextIndex();
        long end = log.getNextIndex();
        if (end - next > HERE_ENTRIES_MAX) {
            return false;
        }
        long bytes = unanswered.bytes();
        for (long index = next; index < end; index++) {
            LogEntryProto entry = log.get(index);
            bytes += entry == null ? HERE_BYTES_MAX : entry.getSerializedSize();
        }
        return bytes < HERE_BYTES_MAX;
    }

    private boolean sendNext(Link to) throws IOException {
        long committed = getRaftLog().getLastCommittedIndex();
        long nowNanos = System.nanoTime();
        Next next = AppendPlan.next(state(committed, nowNanos));
        if (next == Next.NEWS_LATER) {
            news.begin(nowNanos);
            return false;
        }
        news.end();
        if (next == Next.NOTHING) {
            return false;
        }
        if (next == Next.HEARTBEAT) {
            // Before the call has its number: whoever asks from now on is owed another one.
            resetHeartbeatTrigger();
        }
        long callId = callIds.getAndIncrement();
        AppendEntriesRequestProto request = newAppendEntriesRequest(callId, next != Next.ENTRIES);
        if (request == null) {
            return false;
        }
        if (next != Next.ENTRIES) {
            long tells = next == Next.NEWS ? committed : request.getLeaderCommit();
            toldIndex = Math.max(toldIndex, tells);
        }
        send(to, callId, request);
        return true;
    }

    private AppendPlan.State state(long committed, long nowNanos) {
        return new AppendPlan.State(
                getHeartbeatWaitTimeMs() <= 0,
                hasAppendEntries(),
                unanswered.withEntries(),
                goesAlong,
                committed,
                toldIndex,
                getFollower().getCommitIndex(),
                service.awaited().index(),
                news.isOver(nowNanos));
    }

    private void send(Link to, long callId, AppendEntriesRequestProto request) throws IOException {
        term = request.getLeaderTerm();
        int count = request.getEntriesCount();
        Sent sent =
                new Sent(
                        count == 0 ? NO_ENTRY : request.getEntries(0).getIndex(),
                        request.getSerializedSize(),
                        Timestamp.currentTime());
        unanswered.add(callId, sent);
        if (count > 0) {
            getFollower().updateNextIndex(request.getEntries(count - 1).getIndex() + 1);
        }
        getFollower().updateLastRpcSendTime(count == 0);
        var _ =
                to.send(Kind.APPEND, request, service.requestMillisMax())
                        .whenComplete((answer, failure) -> answered(callId, sent, answer, failure));
    }

    // ---- answers, on the connection's thread

    private void answered(
            long callId, Sent sent, @Nullable ByteString answer, @Nullable Throwable failure) {
        try {
            if (answer == null) {
                LOG.debug("{}: an append failed: {}", this, String.valueOf(failure));
                trouble(callId, sent, NO_ENTRY);
            } else if (isRunning()) {
                heard(callId, sent, LinkService.parse(AppendEntriesReplyProto.parser(), answer));
            }
        } catch (RuntimeException e) {
            LOG.error("{}: an answer cannot be handled", this, e);
            trouble(callId, sent, NO_ENTRY);
        }
    }

    private void heard(long callId, Sent sent, AppendEntriesReplyProto reply) {
        getFollower().updateLastRpcResponseTime();
        getFollower().updateLastRespondedAppendEntriesSendTime(sent.at());
        switch (reply.getResult()) {
            case SUCCESS -> succeeded(callId, reply);
            case NOT_LEADER -> {
                if (onFollowerTerm(reply.getTerm())) {
                    return;
                }
                trouble(callId, sent, NO_ENTRY);
            }
            case INCONSISTENCY -> trouble(callId, sent, reply.getNextIndex());
            case UNRECOGNIZED -> trouble(callId, sent, NO_ENTRY);
        }
        getLeaderState().onAppendEntriesReply(this, reply);
        notifyLogAppender();
    }

    private void succeeded(long callId, AppendEntriesReplyProto reply) {
        if (unanswered.remove(callId) && troubles.isEmpty()) {
            goesAlong = true;
            failures.set(0);
        }
        getLeaderState().onFollowerCommitIndex(getFollower(), reply.getFollowerCommit());
        if (getFollower().updateMatchIndex(reply.getMatchIndex())) {
            getFollower().updateNextIndex(reply.getMatchIndex() + 1);
            getLeaderState().onFollowerSuccessAppendEntries(getFollower());
        }
    }

    private void trouble(long callId, Sent sent, long wantedIndex) {
        goesAlong = false;
        troubles.add(new Trouble(callId, sent, wantedIndex));
        wakeUp();
    }

    // ---- after failures, on this appender's own thread

    private void mend() {
        for (Trouble next = troubles.poll(); next != null; next = troubles.poll()) {
            // Others that fail for the same reason were forgotten with the first.
            if (!unanswered.remove(next.callId())) {
                continue;
            }
            rewind(next.sent());
            if (next.wantedIndex() != NO_ENTRY) {
                long first = next.sent().firstIndex();
                getFollower().setNextIndex(getNextIndexForInconsistency(first, next.wantedIndex()));
            }
            failed(null);
        }
    }

    /** Nothing is under way any more: the first entry that was not answered comes next again. */
    private void rewind(@Nullable Sent failed) {
        goesAlong = false;
        toldIndex = NO_ENTRY;
        OptionalLong first = unanswered.giveUp(failed);
        if (first.isPresent()) {
            long afterMatch = getFollower().getMatchIndex() + 1;
            getFollower().setNextIndex(Math.max(first.getAsLong(), afterMatch));
        }
    }

    /** Told at the first failure and at each doubling of their number. */
    private void failed(@Nullable IOException why) {
        int count = failures.incrementAndGet();
        if (why != null && Integer.bitCount(count) == 1) {
            LOG.info("{}: failure {}: {}", this, count, why.toString());
        }
    }
}
