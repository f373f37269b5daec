package io.miroir.store.apikey;

import io.miroir.proto.store.Command;
import io.miroir.proto.store.MakeApiKeys;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.RelabelApiKey;
import io.miroir.store.Reply;
import io.miroir.store.engine.Proposer;
import io.miroir.store.engine.Reads;
import io.miroir.store.table.KeyedRoom;
import io.miroir.store.table.KeyedTable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link ApiKeys} over commands and SQL. */
public final class ApiKeyRoom extends KeyedRoom<String, ApiKeyRow> implements ApiKeys {
    public static final KeyedTable<String, ApiKeyRow> TABLE = new KeyedTable<>(new ApiKeyTable());

    private final Proposer proposer;

    public ApiKeyRoom(Proposer proposer, Reads reads) {
        super(proposer, reads, TABLE);
        this.proposer = proposer;
    }

    @Override
    public Reply<Making> make(ApiKeyRow row) {
        MakeApiKeys.Builder make = MakeApiKeys.newBuilder().addKey(ApiKeyTable.words(row));
        return proposer.propose(Command.newBuilder().setMakeApiKeys(make), ApiKeyRoom::making);
    }

    @Override
    public Reply<Boolean> begin(List<ApiKeyRow> newestFirst) {
        MakeApiKeys.Builder make = MakeApiKeys.newBuilder().setBegin(true);
        newestFirst.forEach(row -> make.addKey(ApiKeyTable.words(row)));
        return proposer.propose(
                Command.newBuilder().setMakeApiKeys(make),
                outcome -> making(outcome) instanceof Making.Made);
    }

    @Override
    public Reply<Boolean> relabel(
            ApiKeyRow read, @Nullable String name, @Nullable String description) {
        RelabelApiKey.Builder relabel =
                RelabelApiKey.newBuilder()
                        .setUid(read.uid())
                        .setExpectedUpdatedAtMicros(read.updatedAt());
        if (name != null) {
            relabel.setName(name);
        }
        if (description != null) {
            relabel.setDescription(description);
        }
        return proposer.propose(
                Command.newBuilder().setRelabelApiKey(relabel), Outcome::getExisted);
    }

    private static Making making(Outcome outcome) {
        return switch (outcome.getKindCase()) {
            case DONE -> new Making.Made();
            case NOTHING -> new Making.Taken();
            case FULL -> new Making.Full(outcome.getFull().getRowsMax());
            default -> throw Proposer.unexpected(outcome);
        };
    }
}
