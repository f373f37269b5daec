package io.miroir.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cli.demo.Traffic;
import io.miroir.cli.demo.TrafficFigures;
import io.miroir.cli.demo.WrittenBack;
import java.time.Duration;
import java.util.List;

/** What tests ask of the traffic that runs beside them. */
final class TrafficChecks {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private TrafficChecks() {}

    /** Writes go on: so many that are sent from now on are acknowledged. */
    static void awaitWrites(Traffic traffic, int count) throws InterruptedException {
        TrafficFigures figures = traffic.figures();
        for (int i = 0; i < count; i++) {
            assertTrue(
                    figures.awaitWriteAfter(System.nanoTime(), PATIENCE).isPresent(),
                    () -> "no write is acknowledged: " + figures.faults());
        }
    }

    /**
     * Every search was answered, every acknowledged write is there, on each node that is to have
     * it, and replicas are the same.
     */
    static void assertNothingLost(TestCluster cluster, Traffic traffic) throws Exception {
        TrafficFigures figures = traffic.figures();
        assertTrue(figures.searches() > 0);
        assertEquals(0, figures.searchesFailed(), figures.faults()::toString);
        WrittenBack written = WrittenBack.read(cluster.api(), Traffic.WRITTEN_INDEX);
        assertEquals(List.of(), written.missing(figures.acknowledged()));
        Aftermath aftermath = new Aftermath(cluster, Traffic.WRITTEN_INDEX);
        aftermath.awaitTasksEnd();
        aftermath.assertSame();
        NodeCopies copies = aftermath.copies();
        figures.acknowledged().forEach(copies::copyOf);
    }
}
