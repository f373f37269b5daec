package io.miroir.cli.demo;

import io.miroir.cli.fleet.FleetException;
import io.miroir.cli.fleet.FleetShape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The script of the two-minute tour, as data.
 *
 * @param steps in their order
 */
public record Tour(List<TourStep> steps) {
    private static final Duration SHORT = Duration.ofSeconds(8);
    private static final Duration LONG = Duration.ofSeconds(12);

    public Tour {
        steps = List.copyOf(steps);
    }

    /**
     * The tour of a fleet.
     *
     * @param examples searches on what was indexed
     * @param ownNodes whether the nodes were started by the demo; other people's are not killed
     */
    public static Tour of(FleetShape shape, List<ExampleSearch> examples, boolean ownNodes) {
        if (!shape.survivesAPod()) {
            throw new FleetException(
                    "--tour kills the pod that leads, and %d pods don't survive that: use --pods 3."
                            .formatted(shape.pods()));
        }
        if (ownNodes && !shape.survivesANode()) {
            throw new FleetException(
                    "--tour kills a node, and this fleet holds every document once:"
                            + " use --groups 2 or --rf 2.");
        }
        List<TourStep> steps = new ArrayList<>();
        steps.add(
                new TourStep.Say(
                        "Searching",
                        List.of(
                                "Each search goes to one pod. It asks one replica group: there each",
                                "node searches its shards, and the pod merges what they found.")));
        examples.forEach(example -> steps.add(new TourStep.Search(example)));
        steps.add(
                new TourStep.Say(
                        "Traffic",
                        List.of(
                                "From here on two clients search without a pause, and one writes",
                                "into an index of its own. Each answer is compared with the one",
                                "from before. All stand behind a load balancer: a pod that can't",
                                "be reached, or drops the connection, is followed by the next.")));
        steps.add(new TourStep.BeginTraffic());
        steps.add(new TourStep.Watch(SHORT));
        killThePod(steps);
        if (ownNodes) {
            killTheNode(steps);
        }
        steps.add(
                new TourStep.Say(
                        "The count",
                        List.of("The traffic stops, and every acknowledged write is read back.")));
        steps.add(new TourStep.EndTraffic());
        return new Tour(steps);
    }

    private static void killThePod(List<TourStep> steps) {
        steps.add(
                new TourStep.Say(
                        "kill -9 of the pod that leads",
                        List.of(
                                "The others elect a leader among them. Searches don't need one;",
                                "writes wait for it.")));
        steps.add(new TourStep.KillLeader());
        steps.add(new TourStep.Watch(LONG));
        steps.add(
                new TourStep.Say(
                        "The pod comes back",
                        List.of("On its old directory; the others send it what it missed.")));
        steps.add(new TourStep.BringBackPod());
        steps.add(new TourStep.Watch(SHORT));
    }

    private static void killTheNode(List<TourStep> steps) {
        steps.add(
                new TourStep.Say(
                        "kill -9 of a node",
                        List.of(
                                "Its shards are read from the other replica group. Writes go on:",
                                "they are acknowledged by the group that is whole.")));
        steps.add(new TourStep.KillNode());
        steps.add(new TourStep.Watch(LONG));
        steps.add(
                new TourStep.Say(
                        "The node comes back",
                        List.of(
                                "What it holds of the first index is whole and read again. It",
                                "missed writes of the second: there it is not read until it has",
                                "been made whole.")));
        steps.add(new TourStep.BringBackNode());
        steps.add(new TourStep.Watch(SHORT));
    }
}
