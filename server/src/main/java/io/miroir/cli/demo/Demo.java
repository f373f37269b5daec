package io.miroir.cli.demo;

import io.miroir.cli.client.Api;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.client.ApiFailure;
import io.miroir.cli.client.FailoverClient;
import io.miroir.cli.client.Reply;
import io.miroir.cli.fleet.Fleet;
import io.miroir.cli.fleet.FleetException;
import io.miroir.cli.fleet.FleetPod;
import io.miroir.cli.fleet.NodeSource;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** One run of `miroir demo`, from the options to the last stopped process. */
public final class Demo {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(20);
    private static final Duration LOAD_PATIENCE = Duration.ofMinutes(5);

    private final DemoOptions options;
    private final Screen screen;
    private final LongSupplier nanos;
    private final RandomGenerator random;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private volatile boolean interrupted;

    /** What the fleet's indexes are called on servers that it neither started nor ends. */
    private volatile Set<String> onOwnServers = Set.of();

    /**
     * @param nanos a clock as System::nanoTime
     * @param random chooses ports and keys
     */
    public Demo(DemoOptions options, Screen screen, LongSupplier nanos, RandomGenerator random) {
        this.options = options;
        this.screen = screen;
        this.nanos = nanos;
        this.random = random;
    }

    /**
     * Starts the fleet, fills it, shows it, and stays until it is told to stop.
     *
     * @return 0, or 1 when a promise of the tour was not held
     */
    public int run() throws IOException, InterruptedException {
        DemoDirectory directory =
                DemoDirectory.open(options.place().directory(), options.place().keep());
        DemoPlan plan = planned(directory);
        Fleet fleet = new Fleet(plan.fleet(), nanos);
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform()
                                .unstarted(
                                        () -> {
                                            interrupted = true;
                                            close(fleet, directory);
                                        }));
        try {
            int code = run(plan, fleet, directory);
            close(fleet, directory);
            return code;
        } catch (FleetException | ApiFailure e) {
            // The message names log files; they stay.
            close(fleet, new DemoDirectory(directory.path(), !interrupted || directory.keep()));
            throw e;
        }
    }

    private DemoPlan planned(DemoDirectory directory) {
        try {
            return DemoPlan.of(options, directory.path(), random);
        } catch (FleetException e) {
            directory.cleanUp();
            throw e;
        }
    }

    private int run(DemoPlan plan, Fleet fleet, DemoDirectory directory)
            throws IOException, InterruptedException {
        start(plan, fleet, directory);
        try (FailoverClient client = client(fleet)) {
            Api api = new Api(client, nanos, LOAD_PATIENCE);
            String keyPrefix = "demo-" + Long.toHexString(random.nextLong());
            if (plan.documents().isPresent()) {
                load(plan.documents().get(), client, api, keyPrefix + "-load");
            }
            lookWhatIsOnOwnServers(fleet);
            if (plan.tour().isPresent() && plan.documents().isPresent()) {
                String index = plan.documents().get().index();
                TourGuide guide =
                        new TourGuide(
                                fleet, client, api, screen, nanos, index, keyPrefix + "-tour");
                return guide.run(plan.tour().get()).promisesHeld() ? 0 : 1;
            }
            WhatToTry.lines(fleet, plan.documents()).forEach(screen::line);
        }
        if (!options.run().exitAfterLoad()) {
            screen.gap();
            screen.line("Everything stays up until you press Ctrl-C.");
            stopped.await();
        }
        return 0;
    }

    private void start(DemoPlan plan, Fleet fleet, DemoDirectory directory) {
        screen.line("Miroir demo: " + plan.fleet().shape() + ".");
        screen.line(
                "Data and logs are in %s%s."
                        .formatted(
                                directory.path(), directory.keep() ? "" : " (removed at the end)"));
        int processes =
                fleet.pods().size()
                        + (plan.fleet().nodes() instanceof NodeSource.Running
                                ? 0
                                : fleet.nodes().size());
        screen.progress("Starting %d processes …".formatted(processes));
        long begun = nanos.getAsLong();
        fleet.start();
        screen.line(
                "%d processes ready after %s."
                        .formatted(processes, TourReport.seconds(since(begun))));
    }

    private void load(Documents documents, FailoverClient client, Api api, String keyPrefix)
            throws IOException {
        if (isLoaded(documents, client)) {
            screen.line(
                    "The index %s is here already, with its %,d documents."
                            .formatted(documents.index(), documents.count()));
            return;
        }
        long all = documents.count();
        Loader loader =
                new Loader(
                        api,
                        nanos,
                        keyPrefix,
                        (sent, since) ->
                                screen.progress(
                                        "Indexing %,d of %,d %s, %,d a second"
                                                .formatted(
                                                        sent,
                                                        all,
                                                        documents.about(),
                                                        Loader.rate(sent, since))));
        Loader.Loaded loaded = loader.load(documents);
        screen.line(
                "%,d %s: accepted in %s, searchable in %s (%,d a second)."
                        .formatted(
                                loaded.documents(),
                                documents.about(),
                                TourReport.seconds(loaded.accepted()),
                                TourReport.seconds(loaded.searchable()),
                                loaded.documentsPerSecond()));
    }

    /** A directory that was used before holds its documents still. */
    private static boolean isLoaded(Documents documents, FailoverClient client) {
        Reply reply = client.call(ApiCall.get("/indexes/" + documents.index() + "/stats"));
        return reply instanceof Reply.Answered answered
                && answered.answer().isSuccess()
                && answered.answer().json().path("numberOfDocuments").asLong(0)
                        == documents.count();
    }

    private FailoverClient client(Fleet fleet) {
        return new FailoverClient(
                fleet.pods().stream().map(FleetPod::http).toList(),
                fleet.plan().keys().master(),
                REQUEST_TIMEOUT,
                nanos);
    }

    /** By the end of the run or by Ctrl-C, whichever comes first; the other waits for it. */
    private synchronized void close(Fleet fleet, DemoDirectory directory) {
        if (stopped.getCount() > 0) {
            screen.line("Stopping …");
            lookWhatIsOnOwnServers(fleet);
            fleet.close();
            if (!directory.keep()) {
                giveBack(fleet);
            }
            directory.cleanUp();
            stopped.countDown();
        }
    }

    /** Ctrl-C at a terminal goes to the pods too: what they said before must do then. */
    private void lookWhatIsOnOwnServers(Fleet fleet) {
        if (fleet.plan().nodes() instanceof NodeSource.Running) {
            try (ClusterStatus cluster = new ClusterStatus(fleet)) {
                Set<String> told = cluster.physicalIndexes();
                onOwnServers = told.isEmpty() ? onOwnServers : told;
            }
        }
    }

    /** Nobody else knows what these indexes are once the fleet's own data is gone. */
    private void giveBack(Fleet fleet) {
        if (fleet.plan().nodes() instanceof NodeSource.Running(List<URI> servers)) {
            String key = fleet.plan().keys().node();
            List<String> left = OwnServers.remove(servers, key, onOwnServers);
            screen.line(
                    left.isEmpty()
                            ? "The demo's indexes are removed from your servers."
                            : "Not removed from your servers: " + String.join(", ", left));
        }
    }

    /** Whether Ctrl-C ended it: what fails from then on is not worth telling. */
    public boolean isInterrupted() {
        return interrupted;
    }

    private Duration since(long begunNanos) {
        return Duration.ofNanos(nanos.getAsLong() - begunNanos);
    }
}
