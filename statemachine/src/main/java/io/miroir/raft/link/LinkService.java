package io.miroir.raft.link;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.ratis.client.impl.ClientProtoUtils;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftClientReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionReplyProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerRpc;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.Int64Value;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;
import org.apache.ratis.thirdparty.com.google.protobuf.Parser;

/** What a member says to the others, and listens for. */
public final class LinkService implements RaftServerRpc {
    /** A chunk of a snapshot is written and synced before it is answered. */
    private static final long INSTALL_MILLIS_MAX = 30_000;

    /** Whoever asks has little time itself. */
    private static final long CONFIRM_MILLIS_MAX = 500;

    private final RaftServer raft;
    private final LinkRpc type;
    private final Links links;
    private final ReadIndexes readIndexes;
    private final Acknowledgements acknowledgements = new Acknowledgements();

    /** Of each leader so far: its readers here share their questions. */
    private final Map<Leader, Rounds<Long>> indexes = new ConcurrentHashMap<>();

    private final Awaited awaited = new Awaited(acknowledgements::awaited);
    private final LinkServer server;
    private final Watchdog watchdog;
    private final long requestMillisMax;

    private record Leader(RaftGroupId group, RaftPeerId id) {}

    LinkService(RaftServer raft, LinkRpc type, LinkSettings settings) throws IOException {
        this.raft = raft;
        this.type = type;
        this.requestMillisMax =
                RaftServerConfigKeys.Rpc.requestTimeout(raft.getProperties())
                        .toLong(TimeUnit.MILLISECONDS);
        String self = settings.self();
        Sockets sockets = new Sockets(settings.keys());
        this.links = new Links(self, sockets, byId(settings.addresses()));
        this.readIndexes =
                new ReadIndexes(
                        // The server, which is being made, does not know it yet.
                        RaftPeerId.valueOf(self),
                        group -> Standing.of(raft.getDivision(group)),
                        links,
                        requestMillisMax);
        this.server =
                new LinkServer(
                        self,
                        new InetSocketAddress(settings.host(), settings.port()),
                        sockets,
                        new RaftRequests(raft, readIndexes, awaited),
                        settings.metrics());
        this.watchdog =
                new Watchdog(
                        self,
                        nowNanos -> {
                            links.endOverdue(nowNanos);
                            server.endOverdue(nowNanos);
                        });
    }

    private static Map<RaftPeerId, String> byId(Map<String, String> addresses) {
        return addresses.entrySet().stream()
                .collect(
                        Collectors.toMap(e -> RaftPeerId.valueOf(e.getKey()), Map.Entry::getValue));
    }

    // ---- life

    @Override
    public void start() throws IOException {
        server.start();
        watchdog.start();
    }

    @Override
    public void close() throws IOException {
        watchdog.close();
        links.close();
        server.close();
    }

    @Override
    public LinkRpc getRpcType() {
        return type;
    }

    @Override
    public InetSocketAddress getInetSocketAddress() {
        return server.address();
    }

    @Override
    public void addRaftPeers(Collection<RaftPeer> peers) {
        peers.forEach(links::learn);
    }

    /** A connection that failed has ended by itself; the next request makes another. */
    @Override
    public void handleException(RaftPeerId serverId, Exception e, boolean reconnect) {}

    // ---- what this pod asks of others

    /** The connection that carries the log to a follower. */
    Link appendsTo(RaftPeerId follower) throws IOException {
        return links.to(follower, Links.Purpose.APPENDS);
    }

    /** What callers in other pods wait for while this one leads. */
    Awaited awaited() {
        return awaited;
    }

    /** How long a follower may take to answer an append. */
    long requestMillisMax() {
        return requestMillisMax;
    }

    /**
     * Hands a proposal to a member, this one or another. The answer is completed on a thread that
     * must not wait.
     */
    public CompletableFuture<RaftClientReply> submit(RaftClientRequest request, long millisMax)
            throws IOException {
        if (request.getServerId().equals(raft.getId())) {
            return RaftRequests.submit(raft, request);
        }
        return call(
                        request.getServerId(),
                        Kind.SUBMIT,
                        ClientProtoUtils.toRaftClientRequestProto(request),
                        RaftClientReplyProto.parser(),
                        millisMax)
                .thenApply(ClientProtoUtils::toRaftClientReply);
    }

    /**
     * The index that a linearizable read must see, from the member that leads, this one or another.
     */
    public CompletableFuture<Long> readIndex(RaftGroupId group, RaftPeerId leader)
            throws IOException {
        if (leader.equals(raft.getId())) {
            return readIndexes.current(group);
        }
        return indexes.computeIfAbsent(
                        new Leader(group, leader), to -> new Rounds<>(() -> askForIndex(to)))
                .answer();
    }

    private CompletableFuture<Long> askForIndex(Leader leader) throws IOException {
        long term = raft.getDivision(leader.group()).getInfo().getCurrentTerm();
        return call(
                        leader.id(),
                        Kind.READ_INDEX,
                        ReadIndexes.asking(leader.group(), raft.getId(), term),
                        Int64Value.parser(),
                        requestMillisMax)
                .thenApply(Int64Value::getValue);
    }

    Acknowledgements acknowledgements() {
        return acknowledgements;
    }

    /**
     * What a member has acknowledged to this pod in the term in which it leads. A majority is asked
     * whether it leads still: what a deposed leader knows may have been cut off since.
     *
     * @param itsTerm the term that the member's disk is at: if it is this one, that is its answer
     * @throws IOException if this pod does not lead, or no majority says so in time
     */
    public Acknowledged acknowledged(RaftGroupId group, RaftPeerId follower, long itsTerm)
            throws IOException {
        Standing member = Standing.of(raft.getDivision(group));
        long term = member.term();
        Acknowledged told = acknowledgements.of(group, follower, term);
        await(
                readIndexes.current(ReadIndexes.asking(group, follower, itsTerm)),
                CONFIRM_MILLIS_MAX);
        if (member.term() != term) {
            throw new IOException("term " + term + " is over");
        }
        return told;
    }

    @Override
    public AppendEntriesReplyProto appendEntries(AppendEntriesRequestProto request)
            throws IOException {
        return await(
                appendsTo(peer(request.getServerRequest()))
                        .send(Kind.APPEND, request, requestMillisMax)
                        .thenApply(answer -> parse(AppendEntriesReplyProto.parser(), answer)),
                requestMillisMax);
    }

    @Override
    public RequestVoteReplyProto requestVote(RequestVoteRequestProto request) throws IOException {
        RaftPeerId to = peer(request.getServerRequest());
        return ask(to, Kind.VOTE, request, RequestVoteReplyProto.parser(), requestMillisMax);
    }

    @Override
    public InstallSnapshotReplyProto installSnapshot(InstallSnapshotRequestProto request)
            throws IOException {
        RaftPeerId to = peer(request.getServerRequest());
        return ask(
                to, Kind.INSTALL, request, InstallSnapshotReplyProto.parser(), INSTALL_MILLIS_MAX);
    }

    @Override
    public StartLeaderElectionReplyProto startLeaderElection(
            StartLeaderElectionRequestProto request) throws IOException {
        RaftPeerId to = peer(request.getServerRequest());
        return ask(
                to,
                Kind.START_ELECTION,
                request,
                StartLeaderElectionReplyProto.parser(),
                requestMillisMax);
    }

    /** A call whose answer is waited for. */
    private <T> T ask(
            RaftPeerId to, Kind kind, MessageLite request, Parser<T> parser, long millisMax)
            throws IOException {
        return await(call(to, kind, request, parser, millisMax), millisMax);
    }

    private <T> CompletableFuture<T> call(
            RaftPeerId to, Kind kind, MessageLite request, Parser<T> parser, long millisMax)
            throws IOException {
        return links.to(to, Links.Purpose.CALLS)
                .send(kind, request, millisMax)
                .thenApply(answer -> parse(parser, answer));
    }

    private static RaftPeerId peer(RaftRpcRequestProto request) {
        return RaftPeerId.valueOf(request.getReplyId());
    }

    static <T> T parse(Parser<T> parser, ByteString message) {
        try {
            return parser.parseFrom(message);
        } catch (IOException e) {
            throw new IllegalArgumentException("a frame holds something else than it says", e);
        }
    }

    private static <T> T await(CompletableFuture<T> answer, long millisMax) throws IOException {
        try {
            return answer.get(millisMax, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("no answer in " + millisMax + " ms", e);
        }
    }
}
