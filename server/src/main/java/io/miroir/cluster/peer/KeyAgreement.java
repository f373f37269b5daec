package io.miroir.cluster.peer;

import io.miroir.tls.LoadedKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Whether an operator who exchanges a key may go on to his next step. */
public final class KeyAgreement {
    private KeyAgreement() {}

    /**
     * What is in the way, in words; nothing if each pod uses its files as they are, and all know
     * the same keys in the same order.
     *
     * @param told by pod; nothing for one that said nothing
     */
    public static List<String> obstacles(SortedMap<String, Optional<List<LoadedKeys>>> told) {
        List<String> obstacles = new ArrayList<>();
        SortedMap<String, SortedMap<String, List<String>>> known = new TreeMap<>();
        told.forEach(
                (pod, keys) -> {
                    if (keys.isEmpty()) {
                        obstacles.add(pod + " does not tell its keys");
                    }
                    for (LoadedKeys one : keys.orElse(List.of())) {
                        if (!one.trouble().isEmpty()) {
                            obstacles.add(
                                    pod + " can't use its " + one.key() + ": " + one.trouble());
                        }
                        if (one.shared()) {
                            known.computeIfAbsent(one.key(), _ -> new TreeMap<>())
                                    .put(pod, one.fingerprints());
                        }
                    }
                });
        long answers = told.values().stream().filter(Optional::isPresent).count();
        known.forEach(
                (key, byPod) -> {
                    if (byPod.size() < answers || byPod.values().stream().distinct().count() > 1) {
                        obstacles.add("the " + key + " differs: " + text(byPod));
                    }
                });
        return obstacles;
    }

    private static String text(Map<String, List<String>> byPod) {
        return byPod.entrySet().stream()
                .map(
                        pod ->
                                pod.getKey()
                                        + " has "
                                        + (pod.getValue().isEmpty()
                                                ? "none"
                                                : String.join(", ", pod.getValue())))
                .collect(Collectors.joining("; "));
    }
}
