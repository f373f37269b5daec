package io.miroir.api.indexes;

import static io.miroir.api.strict.Shape.notNull;
import static io.miroir.api.strict.Shape.required;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.IndexUid;
import io.miroir.api.Json;
import io.miroir.api.keys.Authorizer;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What {@code POST /swap-indexes} asks for: all of it is done, or nothing. */
public final class IndexSwaps {
    private static final Check BODY =
            Check.arrayOf(
                    Shape.of(
                            required(
                                    "indexes",
                                    ErrorCode.INVALID_SWAP_INDEXES,
                                    Check.arrayOf(Check.INDEX_UID),
                                    ErrorCode.MISSING_SWAP_INDEXES),
                            notNull("rename", ErrorCode.INVALID_SWAP_RENAME, Check.BOOLEAN)));

    private IndexSwaps() {}

    /**
     * Reads the body.
     *
     * @param allowed whether the client's key reaches an index
     */
    public static List<Swap> parse(JsonNode body, Predicate<String> allowed) {
        BODY.check(StrictValue.body(body));
        List<Swap> swaps = new ArrayList<>();
        for (JsonNode swap : body) {
            List<String> pair =
                    swap.get("indexes").valueStream().map(JsonNode::stringValue).toList();
            checkPair(pair, allowed);
            swaps.add(new Swap(pair.get(0), pair.get(1), swap.path("rename").asBoolean(false)));
        }
        refuseRepeated(names(swaps));
        return swaps;
    }

    private static void checkPair(List<String> pair, Predicate<String> allowed) {
        if (pair.size() != 2) {
            String listed =
                    pair.stream().map(uid -> "\"" + uid + "\"").collect(Collectors.joining(", "));
            throw new ApiException(
                    ErrorCode.INVALID_SWAP_INDEXES,
                    "Two indexes must be given for each swap. The list `["
                            + listed
                            + "]` contains "
                            + pair.size()
                            + " indexes.");
        }
        if (!pair.stream().allMatch(allowed)) {
            throw Authorizer.invalidKey();
        }
    }

    private static void refuseRepeated(List<String> names) {
        Set<String> seen = new HashSet<>();
        Set<String> repeated = new TreeSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                repeated.add(name);
            }
        }
        if (!repeated.isEmpty()) {
            throw new ApiException(
                    ErrorCode.INVALID_SWAP_DUPLICATE_INDEX_FOUND,
                    "Indexes must be declared only once during a swap. "
                            + listed(repeated)
                            + (repeated.size() == 1 ? " was" : " were")
                            + " specified several times.");
        }
    }

    /** All names, pair by pair. */
    public static List<String> names(List<Swap> swaps) {
        return swaps.stream().flatMap(swap -> Stream.of(swap.first(), swap.second())).toList();
    }

    /** The details of the task. */
    public static ObjectNode details(List<Swap> swaps) {
        ObjectNode details = Json.object();
        ArrayNode list = details.putArray("swaps");
        for (Swap swap : swaps) {
            ObjectNode pair = list.addObject();
            pair.putArray("indexes").add(swap.first()).add(swap.second());
            pair.put("rename", swap.rename());
        }
        return details;
    }

    /** The swaps of a task with these details. */
    public static List<Swap> ofDetails(JsonNode details) {
        List<Swap> swaps = new ArrayList<>();
        for (JsonNode swap : details.path("swaps")) {
            JsonNode pair = swap.path("indexes");
            swaps.add(
                    new Swap(
                            pair.path(0).stringValue(),
                            pair.path(1).stringValue(),
                            swap.path("rename").asBoolean(false)));
        }
        return swaps;
    }

    /**
     * Why swaps fail.
     *
     * @param exists whether there is an index of that name
     * @return null if nothing stands in their way
     */
    public static @Nullable ApiException refusal(List<Swap> swaps, Predicate<String> exists) {
        Set<String> absent = new TreeSet<>();
        List<Swap> taken = new ArrayList<>();
        for (Swap swap : swaps) {
            if (!exists.test(swap.first())) {
                absent.add(swap.first());
            }
            if (!swap.rename() && !exists.test(swap.second())) {
                absent.add(swap.second());
            }
            if (swap.rename() && exists.test(swap.second())) {
                taken.add(swap);
            }
        }
        if (absent.size() == 1) {
            return IndexUid.notFound(absent.iterator().next());
        }
        if (!absent.isEmpty()) {
            return new ApiException(
                    ErrorCode.INDEX_NOT_FOUND, "Indexes " + listed(absent) + " not found.");
        }
        return taken.isEmpty()
                ? null
                : new ApiException(ErrorCode.INDEX_ALREADY_EXISTS, conflict(taken));
    }

    private static String conflict(List<Swap> taken) {
        if (taken.size() > 1) {
            return "The following indexes are being renamed but cannot because their new name"
                    + " conflicts with an already existing index: "
                    + listed(taken.stream().map(Swap::second).sorted().toList())
                    + ". Renaming doesn't overwrite the other index name.";
        }
        Swap swap = taken.getFirst();
        return "Cannot rename `"
                + swap.first()
                + "` to `"
                + swap.second()
                + "` as the index already exists. Hint: You can remove `"
                + swap.second()
                + "` first and then do your remove.";
    }

    private static String listed(Collection<String> names) {
        return names.stream().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    }
}
