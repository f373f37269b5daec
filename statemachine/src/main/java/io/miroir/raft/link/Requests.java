package io.miroir.raft.link;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.MessageLite;

/** What a member answers to the others. */
interface Requests {
    /**
     * Begins to carry out a request, in the order in which a connection brings them.
     *
     * @throws IOException if it can't be read, or is refused at once
     */
    CompletableFuture<? extends MessageLite> handle(Kind kind, ByteString message)
            throws IOException;
}
