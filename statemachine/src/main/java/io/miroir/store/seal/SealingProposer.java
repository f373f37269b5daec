package io.miroir.store.seal;

import io.miroir.proto.store.AffectIndex;
import io.miroir.proto.store.Bind;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.Effect;
import io.miroir.proto.store.EnqueueTask;
import io.miroir.proto.store.FinishTask;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.PutRow;
import io.miroir.proto.store.Webhook;
import io.miroir.store.Reply;
import io.miroir.store.engine.Proposer;
import java.util.List;

/**
 * Seals the secrets of every command before it is handed on: the one way from the rooms to the log,
 * so that none gets there in plain.
 */
public final class SealingProposer implements Proposer {
    private final Proposer next;
    private final Seals seals;

    public SealingProposer(Proposer next, Seals seals) {
        this.next = next;
        this.seals = seals;
    }

    @Override
    public Reply<Outcome> propose(Command command) {
        return next.propose(sealed(command));
    }

    @Override
    public List<Reply<Outcome>> proposeAll(List<Command> commands) {
        return next.proposeAll(commands.stream().map(this::sealed).toList());
    }

    private Command sealed(Command command) {
        return switch (command.getKindCase()) {
            case BIND -> command.toBuilder().setBind(bind(command.getBind())).build();
            case ENQUEUE_TASK -> {
                EnqueueTask task = command.getEnqueueTask();
                String details = seals.sealJson(task.getDetailsJson());
                yield command.toBuilder()
                        .setEnqueueTask(task.toBuilder().setDetailsJson(details))
                        .build();
            }
            case FINISH_TASK ->
                    command.toBuilder().setFinishTask(finish(command.getFinishTask())).build();
            case AFFECT_INDEX -> {
                AffectIndex.Builder affect = command.getAffectIndex().toBuilder();
                affect.getEffectBuilderList().forEach(this::seal);
                yield command.toBuilder().setAffectIndex(affect).build();
            }
            case PUT_ROW -> command.toBuilder().setPutRow(row(command.getPutRow())).build();
            default -> command;
        };
    }

    private PutRow row(PutRow row) {
        return switch (row.getRowCase()) {
            case WEBHOOK -> {
                PutRow.Builder sealed = row.toBuilder();
                seal(sealed.getWebhookBuilder());
                yield sealed.build();
            }
            case CLIENT_OBJECT -> {
                PutRow.Builder sealed = row.toBuilder();
                sealed.getClientObjectBuilder()
                        .setJson(seals.sealJson(row.getClientObject().getJson()));
                yield sealed.build();
            }
            default -> row;
        };
    }

    private Bind bind(Bind bind) {
        Bind.Builder sealed =
                bind.toBuilder().setDetailsJson(seals.sealJson(bind.getDetailsJson()));
        sealed.getEffectBuilderList().forEach(this::seal);
        return sealed.build();
    }

    private FinishTask finish(FinishTask finish) {
        FinishTask.Builder sealed = finish.toBuilder();
        if (finish.hasDetailsJson()) {
            sealed.setDetailsJson(seals.sealJson(finish.getDetailsJson()));
        }
        sealed.getEffectBuilderList().forEach(this::seal);
        return sealed.build();
    }

    private void seal(Effect.Builder effect) {
        if (effect.hasCreated()) {
            effect.getCreatedBuilder()
                    .setSettingsJson(seals.sealJson(effect.getCreated().getSettingsJson()));
        } else if (effect.hasSettingsCommitted()) {
            effect.getSettingsCommittedBuilder()
                    .setSettingsJson(
                            seals.sealJson(effect.getSettingsCommitted().getSettingsJson()));
        }
    }

    private void seal(Webhook.Builder webhook) {
        for (int i = 0; i < webhook.getHeaderValueCount(); i++) {
            webhook.setHeaderValue(i, seals.sealHeader(webhook.getHeaderValue(i)));
        }
    }
}
