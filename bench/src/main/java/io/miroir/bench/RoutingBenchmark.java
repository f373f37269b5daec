package io.miroir.bench;

import io.miroir.core.routing.Rendezvous;
import io.miroir.core.topology.Topology;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Routing of a batch: the upstream plan (section 8) asks for less than 1 ms. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RoutingBenchmark {
    private static final int DOCUMENTS = 10_000;
    private static final int SHARDS = 64;

    private final String[] keys = new String[DOCUMENTS];
    private Topology topology = new Topology(1, 1, List.of(List.of("none")));

    /** Keys like those of a shop, three nodes in one group, two copies of a shard. */
    @Setup(Level.Trial)
    public void prepare() {
        for (int i = 0; i < DOCUMENTS; i++) {
            keys[i] = "product-" + i;
        }
        topology = new Topology(SHARDS, 2, List.of(List.of("meili-0", "meili-1", "meili-2")));
    }

    /** The write targets of 10,000 documents on 64 shards and 3 nodes. */
    @Benchmark
    public void routeTenThousandDocuments(Blackhole hole) {
        for (String key : keys) {
            hole.consume(topology.assign(Rendezvous.shard(key, SHARDS), 0));
        }
    }

    /** The assignment table itself, as it is made when the fleet changes. */
    @Benchmark
    public Topology assignAllShards() {
        return new Topology(SHARDS, 2, List.of(List.of("meili-0", "meili-1", "meili-2")));
    }
}
