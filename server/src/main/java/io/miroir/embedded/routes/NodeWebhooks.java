package io.miroir.embedded.routes;

import io.miroir.api.webhooks.Webhook;
import io.miroir.edge.shared.WebhookRoutes;
import io.miroir.embedded.store.Change;
import io.miroir.embedded.store.NodeState;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The node's webhooks. */
public final class NodeWebhooks implements WebhookRoutes.Keeper {
    private final NodeState state;

    /** The webhooks of this state. */
    public NodeWebhooks(NodeState state) {
        this.state = state;
    }

    @Override
    public List<Webhook> all() {
        return state.webhooks().values().stream()
                .sorted(Comparator.comparing(Webhook::uuid))
                .toList();
    }

    @Override
    public Optional<Webhook> get(String uuid) {
        return Optional.ofNullable(state.webhooks().get(uuid));
    }

    @Override
    public synchronized void make(Webhook webhook) {
        if (state.webhooks().size() >= Webhook.WEBHOOKS_MAX) {
            throw Webhook.tooMany();
        }
        state.commit(List.of(new Change.PutWebhook(webhook)));
    }

    @Override
    public synchronized Optional<Webhook> change(String uuid, UnaryOperator<Webhook> change) {
        Optional<Webhook> changed = get(uuid).map(change);
        changed.ifPresent(webhook -> state.commit(List.of(new Change.PutWebhook(webhook))));
        return changed;
    }

    @Override
    public synchronized boolean delete(String uuid) {
        boolean existed = get(uuid).isPresent();
        if (existed) {
            state.commit(List.of(new Change.DropWebhook(uuid)));
        }
        return existed;
    }
}
