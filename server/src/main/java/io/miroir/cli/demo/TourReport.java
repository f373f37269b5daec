package io.miroir.cli.demo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the tour measured, filled in as it goes. */
public final class TourReport {
    private Optional<Duration> writeAfterPod = Optional.empty();
    private Optional<Duration> writeAfterNode = Optional.empty();
    private @Nullable Duration podBack;
    private @Nullable Duration nodeBack;
    private @Nullable TrafficFigures traffic;
    private List<Integer> lost = List.of();
    private boolean writesResumed = true;

    void podKilled(Optional<Duration> nextWrite) {
        writeAfterPod = nextWrite;
        writesResumed &= nextWrite.isPresent();
    }

    void nodeKilled(Optional<Duration> nextWrite) {
        writeAfterNode = nextWrite;
        writesResumed &= nextWrite.isPresent();
    }

    void podBack(Duration took) {
        podBack = took;
    }

    void nodeBack(Duration took) {
        nodeBack = took;
    }

    void ended(TrafficFigures figures, List<Integer> lostIds) {
        traffic = figures;
        lost = List.copyOf(lostIds);
    }

    /** Every search was answered, writes went on, and nothing acknowledged was lost. */
    public boolean promisesHeld() {
        return traffic != null
                && traffic.searches() > 0
                && traffic.searchesFailed() == 0
                && !traffic.acknowledged().isEmpty()
                && lost.isEmpty()
                && writesResumed;
    }

    /** The report as it is printed. */
    public List<String> lines() {
        if (traffic == null) {
            return List.of("The tour did not come to its end.");
        }
        List<String> lines = new ArrayList<>();
        row(lines, "searches sent", traffic.searches());
        row(lines, "  failed", traffic.searchesFailed());
        row(lines, "  slowest, all tries", seconds(traffic.slowestSearch()));
        row(lines, "writes acknowledged", traffic.acknowledged().size());
        row(lines, "  of these missing at the end", lost.size());
        row(lines, "  write requests that failed", traffic.writeRequestsFailed());
        row(lines, "  longest pause between two", seconds(traffic.longestWritePause()));
        row(lines, "requests that took a second pod", traffic.secondPods());
        row(lines, "next write after the pod's kill", writeAfterPod.map(TourReport::seconds));
        row(lines, "next write after the node's kill", writeAfterNode.map(TourReport::seconds));
        row(
                lines,
                "pod back and caught up in",
                Optional.ofNullable(podBack).map(TourReport::seconds));
        row(lines, "node back in", Optional.ofNullable(nodeBack).map(TourReport::seconds));
        lines.add("");
        lines.add(
                "A search counts as failed when no pod gave a whole answer, each being tried once,");
        lines.add(
                "or when its hits differ from those before the faults. A write request counts as");
        lines.add("failed when no pod acknowledged it; the client repeats it with the same");
        lines.add("idempotency key until one does.");
        traffic.faults().forEach(fault -> lines.add("  fault: " + fault));
        lines.add("");
        lines.add(promisesHeld() ? "All promises held." : "NOT all promises held.");
        return lines;
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.2f s", duration.toNanos() / 1e9);
    }

    private static void row(List<String> lines, String what, Optional<String> value) {
        value.ifPresent(v -> row(lines, what, v));
    }

    private static void row(List<String> lines, String what, Object value) {
        lines.add(String.format(Locale.ROOT, "  %-34s %10s", what, value));
    }
}
