package io.miroir.harness;

import io.miroir.cli.fleet.FleetPod;
import io.miroir.trap.Trap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The same trap in several pods: who comes first is held, and goes on when they are closed. */
final class PodTraps implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Map<FleetPod, Trap> traps = new LinkedHashMap<>();
    private final Trap.Place place;

    /** A pod whose JVM was started with {@link Trap#POSSIBLE}. */
    private record Debugged(FleetPod pod) implements Trap.Target {
        @Override
        public String id() {
            return pod.id();
        }

        /** Its log goes on over restarts: the last line counts. */
        @Override
        public int debugPort() {
            try {
                return Files.readAllLines(pod.process().log()).stream()
                        .filter(line -> line.startsWith(Trap.LISTENS))
                        .mapToInt(line -> Integer.parseInt(line.substring(Trap.LISTENS.length())))
                        .reduce((_, later) -> later)
                        .orElseThrow(() -> new AssertionError(id() + " listens to no debugger"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private PodTraps(Trap.Place place) {
        this.place = place;
    }

    static PodTraps in(List<FleetPod> pods, Trap.Place place) throws IOException {
        PodTraps set = new PodTraps(place);
        try {
            for (FleetPod pod : pods) {
                set.traps.put(pod, Trap.in(new Debugged(pod), place));
            }
            return set;
        } catch (IOException | RuntimeException e) {
            set.close();
            throw e;
        }
    }

    /** The first pod of which a thread is held there. */
    FleetPod awaitHeld() {
        long giveUpNanos = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < giveUpNanos) {
            for (Map.Entry<FleetPod, Trap> trap : traps.entrySet()) {
                if (trap.getValue().holds()) {
                    return trap.getKey();
                }
            }
        }
        throw new AssertionError("no pod came to " + place);
    }

    /** The others go on. */
    void closeAllBut(FleetPod held) {
        traps.forEach(
                (pod, trap) -> {
                    if (!pod.equals(held)) {
                        trap.close();
                    }
                });
        traps.keySet().retainAll(List.of(held));
    }

    @Override
    public void close() {
        traps.values().forEach(Trap::close);
    }
}
