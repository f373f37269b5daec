package io.miroir.raft.link;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.impl.ClientProtoUtils;
import org.apache.ratis.proto.RaftProtos.RaftClientReplyProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/** A pod of which only its proposals are there: any bytes, over a real connection. */
public final class ProposingPod implements AutoCloseable {
    private static final int MILLIS_MAX = 30_000;

    private final RaftPeerId leader;
    private final RaftGroupId group;
    private final Links links;
    private final ClientId id = ClientId.randomId();
    private long calls;

    public ProposingPod(String leader, String address, RaftGroupId group) {
        this.leader = RaftPeerId.valueOf(leader);
        this.group = group;
        this.links =
                new Links(
                        "strange-pod", new Sockets(Optional.empty()), Map.of(this.leader, address));
    }

    /** Sends it; what the leader answers. */
    public RaftClientReply propose(byte[] entry) throws Exception {
        RaftClientRequest request =
                RaftClientRequest.newBuilder()
                        .setClientId(id)
                        .setServerId(leader)
                        .setGroupId(group)
                        .setCallId(++calls)
                        .setMessage(Message.valueOf(ByteString.copyFrom(entry)))
                        .setType(RaftClientRequest.writeRequestType())
                        .build();
        ByteString answer =
                links.to(leader, Links.Purpose.CALLS)
                        .send(
                                Kind.SUBMIT,
                                ClientProtoUtils.toRaftClientRequestProto(request),
                                MILLIS_MAX)
                        .get(MILLIS_MAX, TimeUnit.MILLISECONDS);
        return ClientProtoUtils.toRaftClientReply(RaftClientReplyProto.parseFrom(answer));
    }

    @Override
    public void close() throws IOException {
        links.close();
    }
}
