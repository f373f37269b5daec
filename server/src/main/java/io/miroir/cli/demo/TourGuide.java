package io.miroir.cli.demo;

import io.miroir.api.Json;
import io.miroir.cli.client.Api;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.client.FailoverClient;
import io.miroir.cli.fleet.ChildProcess;
import io.miroir.cli.fleet.Fleet;
import io.miroir.cli.fleet.FleetException;
import io.miroir.cli.fleet.FleetNode;
import io.miroir.cli.fleet.FleetPod;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Carries out the steps of a {@link Tour} and shows what happens. For one run. */
public final class TourGuide {
    private static final Duration WRITE_PATIENCE = Duration.ofSeconds(30);
    private static final long REDRAW_MILLIS = 250;

    private final Fleet fleet;
    private final ClusterStatus cluster;
    private final Api api;
    private final Screen screen;
    private final LongSupplier nanos;
    private final String index;
    private final Traffic traffic;
    private final TourReport report = new TourReport();
    private @Nullable FleetPod killedPod;
    private @Nullable FleetNode killedNode;

    /**
     * @param client what the traffic uses
     * @param nanos a clock as System::nanoTime
     * @param index where the searches go
     * @param keyPrefix begins the idempotency keys
     */
    public TourGuide(
            Fleet fleet,
            FailoverClient client,
            Api api,
            Screen screen,
            LongSupplier nanos,
            String index,
            String keyPrefix) {
        this.fleet = fleet;
        this.cluster = new ClusterStatus(fleet);
        this.api = api;
        this.screen = screen;
        this.nanos = nanos;
        this.index = index;
        this.traffic = new Traffic(client, nanos, keyPrefix);
    }

    /** Goes through all steps; the report says whether the promises held. */
    public TourReport run(Tour tour) throws InterruptedException {
        try {
            for (TourStep step : tour.steps()) {
                carryOut(step);
            }
        } finally {
            traffic.stop();
        }
        return report;
    }

    private void carryOut(TourStep step) throws InterruptedException {
        switch (step) {
            case TourStep.Say say -> say(say);
            case TourStep.Search search -> search(search.example());
            case TourStep.BeginTraffic begin -> beginTraffic();
            case TourStep.Watch watch -> watch(watch.duration());
            case TourStep.KillLeader kill -> killLeader();
            case TourStep.KillNode kill -> killNode();
            case TourStep.BringBackPod back -> bringBackPod();
            case TourStep.BringBackNode back -> bringBackNode();
            case TourStep.EndTraffic end -> endTraffic();
        }
    }

    private void say(TourStep.Say say) {
        screen.gap();
        screen.line(
                "── " + say.heading() + " " + "─".repeat(Math.max(2, 70 - say.heading().length())));
        say.lines().forEach(screen::line);
    }

    private void search(ExampleSearch example) {
        ApiCall call = ApiCall.search("/indexes/" + index + "/search", example.body());
        JsonNode answer = api.call(call);
        traffic.watch(call, answer.path("hits"));
        screen.gap();
        SearchText.lines(example, answer).forEach(screen::line);
    }

    private void beginTraffic() {
        ObjectNode create = Json.object().put("uid", Traffic.WRITTEN_INDEX).put("primaryKey", "id");
        api.change(
                ApiCall.change("POST", "/indexes", create)
                        .withIdempotencyKey(traffic.keyPrefix() + "-create"));
        traffic.start();
    }

    private void watch(Duration duration) throws InterruptedException {
        long end = nanos.getAsLong() + duration.toNanos();
        while (nanos.getAsLong() - end < 0) {
            screen.progress("  " + traffic.figures().line());
            Thread.sleep(REDRAW_MILLIS);
        }
        screen.line("  " + traffic.figures().line());
    }

    private void killLeader() throws InterruptedException {
        FleetPod leader =
                cluster.awaitLeader()
                        .orElseThrow(() -> new FleetException("No pod says that it leads."));
        killedPod = leader;
        report.podKilled(kill(leader.id(), leader.process()));
        cluster.awaitOtherLeader(leader)
                .ifPresent(next -> screen.line("  " + next.id() + " leads now."));
    }

    private void killNode() throws InterruptedException {
        FleetNode node = fleet.nodes().getFirst();
        killedNode = node;
        ChildProcess process = node.process();
        if (process == null) {
            throw new IllegalStateException("the tour kills only nodes that the demo started");
        }
        report.nodeKilled(kill(node.id(), process));
    }

    private Optional<Duration> kill(String id, ChildProcess process) throws InterruptedException {
        screen.line("  kill -9 %s (process %d)".formatted(id, process.pid()));
        long moment = nanos.getAsLong();
        process.kill();
        Optional<Duration> next = traffic.figures().awaitWriteAfter(moment, WRITE_PATIENCE);
        screen.line(
                next.map(d -> "  Next acknowledged write after " + TourReport.seconds(d) + ".")
                        .orElse("  No write was acknowledged within 30 s."));
        return next;
    }

    private void bringBackPod() {
        FleetPod pod = killedPod;
        if (pod != null) {
            report.podBack(bringBack(pod.id(), pod.process(), () -> fleet.awaitReady(pod)));
        }
    }

    private void bringBackNode() {
        FleetNode node = killedNode;
        if (node != null && node.process() != null) {
            report.nodeBack(bringBack(node.id(), node.process(), () -> fleet.awaitReady(node)));
            showReplicas(node, index);
            showReplicas(node, Traffic.WRITTEN_INDEX);
        }
    }

    private void showReplicas(FleetNode node, String of) {
        String states =
                cluster.replicaStates(node, of).entrySet().stream()
                        .map(state -> state.getValue() + " " + state.getKey())
                        .collect(Collectors.joining(", "));
        screen.line("  Its shards of %s: %s.".formatted(of, states));
    }

    private Duration bringBack(String id, ChildProcess process, Runnable awaitReady) {
        long moment = nanos.getAsLong();
        process.start();
        awaitReady.run();
        Duration took = Duration.ofNanos(nanos.getAsLong() - moment);
        screen.line("  %s is back after %s.".formatted(id, TourReport.seconds(took)));
        return took;
    }

    private void endTraffic() {
        traffic.stop();
        WrittenBack written = WrittenBack.read(api, Traffic.WRITTEN_INDEX);
        List<Integer> lost = written.missing(traffic.figures().acknowledged());
        report.ended(traffic.figures(), lost);
        screen.gap();
        report.lines().forEach(screen::line);
    }
}
