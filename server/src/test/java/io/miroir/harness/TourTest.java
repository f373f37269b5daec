package io.miroir.harness;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.cli.client.Api;
import io.miroir.cli.demo.Loader;
import io.miroir.cli.demo.Screen;
import io.miroir.cli.demo.Tour;
import io.miroir.cli.demo.TourGuide;
import io.miroir.cli.demo.TourReport;
import io.miroir.cli.demo.TourStep;
import io.miroir.cli.demo.UnicodeDocuments;
import io.miroir.cli.fleet.FleetShape;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tour as a test: the leader and a node are killed under traffic, and both come back. */
@Tag("cluster")
class TourTest {
    private static final int CHARACTERS = 1_000;

    @TempDir Path dir;

    /** Design, promises 1 to 3, as the tour tells them to its user. */
    @Test
    void theTourKeepsItsPromises() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Screen screen =
                new Screen(
                        new PrintStream(printed, true, StandardCharsets.UTF_8),
                        false,
                        System::nanoTime);
        try (TestCluster cluster = TestCluster.start(dir, FleetShape.DEFAULT)) {
            UnicodeDocuments characters = new UnicodeDocuments(CHARACTERS);
            Api api = cluster.api();
            new Loader(api, System::nanoTime, "load", (sent, since) -> {}).load(characters);
            TourGuide guide =
                    new TourGuide(
                            cluster.fleet(),
                            cluster.client(),
                            api,
                            screen,
                            System::nanoTime,
                            characters.index(),
                            "tour");
            TourReport report =
                    guide.run(hurried(Tour.of(FleetShape.DEFAULT, characters.examples(), true)));
            assertTrue(report.promisesHeld(), () -> printed.toString(StandardCharsets.UTF_8));
        }
    }

    private static Tour hurried(Tour tour) {
        return new Tour(
                tour.steps().stream()
                        .map(
                                step ->
                                        step instanceof TourStep.Watch
                                                ? new TourStep.Watch(Duration.ofSeconds(1))
                                                : step)
                        .toList());
    }
}
