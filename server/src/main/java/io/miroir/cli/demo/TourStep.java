package io.miroir.cli.demo;

import java.time.Duration;
import java.util.List;

/** One step of the guided tour. The tour is a list of these; {@link TourGuide} carries them out. */
public sealed interface TourStep {
    /** Prints a heading and what is about to be seen. */
    record Say(String heading, List<String> lines) implements TourStep {
        public Say {
            lines = List.copyOf(lines);
        }
    }

    /** Searches and prints what was found. */
    record Search(ExampleSearch example) implements TourStep {}

    /** Searches and writes go on in the background from here. */
    record BeginTraffic() implements TourStep {}

    /** Waits while the traffic's figures are shown. */
    record Watch(Duration duration) implements TourStep {}

    /** kill -9 of the pod that leads, then waits for the next acknowledged write. */
    record KillLeader() implements TourStep {}

    /** kill -9 of a node, then waits for the next acknowledged write. */
    record KillNode() implements TourStep {}

    /** Starts the killed pod on its old directory and waits until it has caught up. */
    record BringBackPod() implements TourStep {}

    /** Starts the killed node on its old directory and waits until it answers. */
    record BringBackNode() implements TourStep {}

    /** Ends the traffic, waits for its tasks and reads all acknowledged documents back. */
    record EndTraffic() implements TourStep {}
}
