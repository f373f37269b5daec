package io.miroir.raft.link;

import java.io.IOException;
import java.util.Comparator;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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
 * <p>What is committed is told at once, by an append without entries where no other tells it. Ratis
 * would tell it by an entry of the log after each entry, which every disk syncs, or by the next
 * heartbeat, a quarter of a second later.
 */
final class LinkAppender extends LogAppenderBase {
    private static final Logger LOG = LoggerFactory.getLogger(LinkAppender.class);

    /** Appends with entries that a follower has not answered, if it has answered before. */
    private static final int UNANSWERED_MAX = 16;

    /** Bytes that a thread other than this appender's may have under way: no socket is too full. */
    private static final long HERE_BYTES_MAX = 64 << 10;

    /** Entries that such a thread looks at. */
    private static final int HERE_ENTRIES_MAX = 8;

    private static final long PAUSE_MILLIS_MIN = 5;
    private static final int PAUSE_DOUBLINGS_MAX = 5;
    private static final long NO_ENTRY = RaftLog.INVALID_LOG_INDEX;

    private final LinkService service;
    private final AtomicLong callIds = new AtomicLong();
    private final Semaphore wake = new Semaphore(0);

    /** Whoever sends, or moves the index of the next entry. */
    private final ReentrantLock sending = new ReentrantLock();

    private final Map<Long, Sent> unanswered = new ConcurrentHashMap<>();

    /** For this appender's own thread: whoever hears an answer must not wait for a lock. */
    private final Queue<Trouble> troubles = new ConcurrentLinkedQueue<>();

    /** Since the follower last went along. */
    private final AtomicInteger failures = new AtomicInteger();

    private volatile @Nullable Link link;

    /** Whether the last thing heard of the follower is that it goes along. */
    private volatile boolean goesAlong;

    private long toldIndex = NO_ENTRY;

    private record Sent(long firstIndex, int bytes, Timestamp at) {
        boolean hasEntries() {
            return firstIndex != NO_ENTRY;
        }
    }

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

    @Override
    public long getCallId() {
        return callIds.get();
    }

    @Override
    public Comparator<Long> getCallIdComparator() {
        return Comparator.naturalOrder();
    }

    /** A heartbeat must not claim what is still on its way. */
    @Override
    public boolean hasPendingDataRequests() {
        return unanswered.values().stream().anyMatch(Sent::hasEntries);
    }

    @Override
    public void run() throws InterruptedException, IOException {
        while (isRunning()) {
            long waitMillis = step();
            getLeaderState().checkHealth(getFollower());
            if (failures.get() > 0) {
                // Not to be woken: each new entry would be a try.
                TimeUnit.MILLISECONDS.sleep(pauseMillis());
                wake.drainPermits();
            } else if (wake.tryAcquire(Math.max(1, waitMillis), TimeUnit.MILLISECONDS)) {
                wake.drainPermits();
            }
        }
    }

    /** A thread that hangs in a write to a frozen follower is freed by the connection's end. */
    @Override
    public CompletableFuture<LifeCycle.State> stopAsync() {
        CompletableFuture<LifeCycle.State> end = super.stopAsync();
        Link open = link;
        if (open != null) {
            open.close();
        }
        return end;
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

    private long pauseMillis() {
        return PAUSE_MILLIS_MIN << Math.min(failures.get() - 1, PAUSE_DOUBLINGS_MAX);
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
        return getHeartbeatWaitTimeMs();
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
                    return !hasAppendEntries();
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
        long bytes = unanswered.values().stream().mapToLong(Sent::bytes).sum();
        for (long index = next; index < end; index++) {
            LogEntryProto entry = log.get(index);
            bytes += entry == null ? HERE_BYTES_MAX : entry.getSerializedSize();
        }
        return bytes < HERE_BYTES_MAX;
    }

    private boolean sendNext(Link to) throws IOException {
        long committed = getRaftLog().getLastCommittedIndex();
        boolean heartbeat = getHeartbeatWaitTimeMs() <= 0;
        boolean entries = !heartbeat && hasAppendEntries() && hasRoom();
        boolean news = !heartbeat && !entries && isNews(committed);
        if (!heartbeat && !entries && !news) {
            return false;
        }
        if (heartbeat) {
            // Before the call has its number: whoever asks from now on is owed another one.
            resetHeartbeatTrigger();
        }
        long callId = callIds.getAndIncrement();
        AppendEntriesRequestProto request = newAppendEntriesRequest(callId, !entries);
        if (request == null) {
            return false;
        }
        if (!entries) {
            toldIndex = Math.max(toldIndex, news ? committed : request.getLeaderCommit());
        }
        send(to, callId, request);
        return true;
    }

    private boolean hasRoom() {
        long under = unanswered.values().stream().filter(Sent::hasEntries).count();
        return under == 0 || (goesAlong && under < UNANSWERED_MAX);
    }

    /**
     * Whether the follower could commit more if it were told. Entries tell it themselves, and what
     * it has not answered for it can't commit: its answer makes this be asked again.
     */
    private boolean isNews(long committed) {
        return committed > toldIndex
                && committed > getFollower().getCommitIndex()
                && !hasAppendEntries()
                && !hasPendingDataRequests();
    }

    private void send(Link to, long callId, AppendEntriesRequestProto request) throws IOException {
        int count = request.getEntriesCount();
        Sent sent =
                new Sent(
                        count == 0 ? NO_ENTRY : request.getEntries(0).getIndex(),
                        request.getSerializedSize(),
                        Timestamp.currentTime());
        unanswered.put(callId, sent);
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
        if (unanswered.remove(callId) != null && troubles.isEmpty()) {
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
            if (unanswered.remove(next.callId()) == null) {
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
        long first = failed != null && failed.hasEntries() ? failed.firstIndex() : Long.MAX_VALUE;
        for (Sent each : unanswered.values()) {
            first = each.hasEntries() ? Math.min(first, each.firstIndex()) : first;
        }
        unanswered.clear();
        goesAlong = false;
        toldIndex = NO_ENTRY;
        if (first != Long.MAX_VALUE) {
            getFollower().setNextIndex(Math.max(first, getFollower().getMatchIndex() + 1));
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
