package io.miroir.cli.rebuild;

import io.miroir.api.settings.ClientSettings;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What all nodes know, put together; decides nothing that the operator must say.
 *
 * @param indexes that can be rebuilt, by name
 * @param unknown what the operator must say or have left out, in words
 * @param passedOver what is on nodes and not taken, in words
 */
record Survey(List<Index> indexes, List<String> unknown, List<String> passedOver) {

    /**
     * An index that can be rebuilt.
     *
     * @param settings the client's
     * @param agree whether all nodes have the same settings
     * @param documents by node, for each shard
     */
    record Index(
            String name,
            long incarnation,
            @Nullable String primaryKey,
            int shards,
            ObjectNode settings,
            boolean agree,
            Map<String, SortedMap<Integer, Long>> documents) {}

    /**
     * Puts together what was found.
     *
     * @param said what the operator says
     * @param shardsUsual of an index without documents
     */
    static Survey of(Collection<FoundIndex> found, Said said, int shardsUsual) {
        SortedMap<Long, List<FoundIndex>> byIncarnation = new TreeMap<>();
        found.forEach(
                f -> byIncarnation.computeIfAbsent(f.incarnation(), _ -> new ArrayList<>()).add(f));
        Map<String, Index> taken = new LinkedHashMap<>();
        List<String> unknown = new ArrayList<>();
        List<String> passedOver = new ArrayList<>();
        byIncarnation.forEach(
                (incarnation, copies) -> {
                    int shards =
                            said.shards().getOrDefault(incarnation, shards(copies, shardsUsual));
                    String name = said.names().getOrDefault(incarnation, name(copies));
                    if (said.skipped().contains(incarnation)) {
                        passedOver.add("m" + incarnation + ": as you said");
                    } else if (name == null) {
                        unknown.add(
                                "m%d (%d documents): no node knows its name; say --name m%d=NAME"
                                                .formatted(
                                                        incarnation, documents(copies), incarnation)
                                        + " or --skip m"
                                        + incarnation);
                    } else if (shards == FoundIndex.SHARDS_UNCLEAR) {
                        unknown.add(
                                "m%d (%s): its documents do not tell into how many shards it is cut;"
                                                .formatted(incarnation, name)
                                        + " say --shards m"
                                        + incarnation
                                        + "=N");
                    } else {
                        // The higher number is the younger index of that name.
                        Index older = taken.put(name, index(name, incarnation, copies, shards));
                        if (older != null) {
                            passedOver.add(
                                    "m%d: an older index %s; m%d is taken"
                                            .formatted(older.incarnation(), name, incarnation));
                        }
                    }
                });
        return new Survey(List.copyOf(taken.values()), unknown, passedOver);
    }

    private static @Nullable String name(List<FoundIndex> copies) {
        return copies.stream()
                .filter(copy -> copy.name() != null)
                .max(
                        Comparator.comparingLong(FoundIndex::epoch)
                                .thenComparingLong(FoundIndex::position))
                .map(FoundIndex::name)
                .orElse(null);
    }

    /** What the copies with documents say, if they say the same. */
    private static int shards(List<FoundIndex> copies, int usual) {
        Set<Integer> told = new HashSet<>();
        copies.stream().filter(copy -> copy.shards() != 0).forEach(c -> told.add(c.shards()));
        return switch (told.size()) {
            case 0 -> usual;
            case 1 -> told.iterator().next();
            default -> FoundIndex.SHARDS_UNCLEAR;
        };
    }

    private static Index index(String name, long incarnation, List<FoundIndex> copies, int shards) {
        Map<ObjectNode, Integer> votes = new HashMap<>();
        copies.forEach(copy -> votes.merge(copy.settings(), 1, Integer::sum));
        ObjectNode settings =
                votes.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
        Map<String, SortedMap<Integer, Long>> documents = new TreeMap<>();
        copies.forEach(copy -> documents.put(copy.node(), copy.documents()));
        return new Index(
                name,
                incarnation,
                copies.stream()
                        .map(FoundIndex::primaryKey)
                        .filter(key -> key != null)
                        .findFirst()
                        .orElse(null),
                shards,
                ClientSettings.of(settings),
                votes.size() == 1,
                documents);
    }

    private static long documents(List<FoundIndex> copies) {
        return copies.stream()
                .flatMap(copy -> copy.documents().values().stream())
                .mapToLong(Long::longValue)
                .sum();
    }
}
