package io.miroir.capability.leader.dump;

import io.miroir.fanout.read.IndexWalk;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.client.Gauge;

/** How far the dump is that this pod writes; other pods write none. */
final class DumpMetrics implements IndexWalk.Meter {
    private final Gauge left;
    private final Counter documents;
    private final Counter again;
    private final Counter noRoom;

    DumpMetrics(CollectorRegistry registry) {
        this.left =
                Gauge.build(
                                "miroir_dump_indexes_left",
                                "Indexes that the dump under way still lacks; 0 without one.")
                        .register(registry);
        this.documents =
                Counter.build("miroir_dump_documents_total", "Documents written to dumps.")
                        .register(registry);
        this.again =
                Counter.build(
                                "miroir_dump_retries_total",
                                "Pages that did not come, and indexes begun anew because other"
                                        + " replicas answered.")
                        .register(registry);
        this.noRoom =
                Counter.build(
                                "miroir_dump_no_room_total",
                                "Dumps that failed because the disk has no room.")
                        .register(registry);
    }

    void left(int indexes) {
        left.set(indexes);
    }

    @Override
    public void took(int count) {
        documents.inc(count);
    }

    @Override
    public void again() {
        again.inc();
    }

    void noRoom() {
        noRoom.inc();
    }
}
