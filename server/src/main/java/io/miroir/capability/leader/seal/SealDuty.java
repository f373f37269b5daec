package io.miroir.capability.leader.seal;

import io.miroir.cluster.seal.StoredSecrets;
import io.miroir.duty.LeaderDuty;
import io.miroir.store.ReadLevel;
import io.miroir.store.Rooms;
import io.miroir.store.seal.SecretRow;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Gauge;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals anew what lies under an older key or in plain, one row a command, so that the older key can
 * be dropped when nothing is left under it. A row that was changed meanwhile is left for the next
 * step. What can't be opened is never touched.
 */
public final class SealDuty implements LeaderDuty {
    private static final Logger LOG = LoggerFactory.getLogger(SealDuty.class);
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final StoredSecrets secrets;
    private final Gauge values;
    private final Gauge closed;
    private int closedBefore;

    public SealDuty(StoredSecrets secrets, CollectorRegistry registry) {
        this.secrets = secrets;
        this.values =
                Gauge.build(
                                "miroir_sealed_values",
                                "Secrets in the task store by the key that seals them, or plain;"
                                        + " the leader tells it.")
                        .labelNames("key")
                        .register(registry);
        this.closed =
                Gauge.build(
                                "miroir_sealed_values_closed",
                                "Secrets that the leader can't open: it does not have their key.")
                        .register(registry);
    }

    @Override
    public String name() {
        return "seals";
    }

    @Override
    public Duration pause() {
        return PAUSE;
    }

    @Override
    public void step(Rooms fenced) {
        List<SecretRow> rows = fenced.secrets().list(ReadLevel.LOCAL);
        int resealed = 0;
        for (SecretRow row : rows) {
            Optional<List<String>> renewed = secrets.renewed(row);
            if (renewed.isPresent() && fenced.secrets().reseal(row, renewed.get()).orThrow()) {
                resealed++;
            }
        }
        if (resealed > 0) {
            LOG.info("{} rows are sealed with key {} now", resealed, secrets.newest().orElse(""));
        }
        tell(resealed > 0 ? fenced.secrets().list(ReadLevel.LOCAL) : rows);
    }

    @Override
    public void deposed() {
        values.clear();
        closed.set(0);
    }

    private void tell(List<SecretRow> rows) {
        values.clear();
        StoredSecrets.count(rows).forEach((key, count) -> values.labels(key).set(count));
        int now = secrets.closed(rows);
        closed.set(now);
        if (now > 0 && now != closedBefore) {
            LOG.error("{} secrets can't be opened: their seal key is not in this pod's file", now);
        }
        closedBefore = now;
    }
}
