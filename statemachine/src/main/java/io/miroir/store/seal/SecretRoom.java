package io.miroir.store.seal;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.Reseal;
import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import java.util.List;

/** {@link Secrets} over commands and SQL. */
public final class SecretRoom implements Secrets {
    private final Proposer proposer;
    private final Reads reads;

    public SecretRoom(Proposer proposer, Reads reads) {
        this.proposer = proposer;
        this.reads = reads;
    }

    @Override
    public List<SecretRow> list(ReadLevel level) {
        return reads.scan(level, SecretReads::list);
    }

    @Override
    public Reply<Boolean> reseal(SecretRow read, List<String> sealed) {
        Reseal.Builder reseal =
                Reseal.newBuilder().setValuesSha256(read.sha256()).addAllValue(sealed);
        switch (read.kind()) {
            case INDEX -> reseal.setIncarnation(Long.parseLong(read.key()));
            case TASK -> reseal.setTaskUid(Long.parseLong(read.key()));
            case WEBHOOK -> reseal.setWebhookUuid(read.key());
            case CLIENT_OBJECT -> reseal.setClientObjectName(read.key());
        }
        return proposer.propose(Command.newBuilder().setReseal(reseal), Outcome::getExisted);
    }
}
