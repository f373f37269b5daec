package io.miroir.embedded.engine.store;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers for the paths of values, in order of first sight. A word's place is the number of its
 * path and its position there. Only the writing thread adds.
 */
final class PathIds {
    /** Most paths of an index: a path's number takes the upper half of a place. */
    static final int PATHS_MAX = 32_000;

    private final List<String> paths;
    private final Map<String, Integer> ids = new HashMap<>();

    PathIds(List<String> paths) {
        this.paths = new ArrayList<>(paths);
        for (int i = 0; i < paths.size(); i++) {
            ids.put(paths.get(i), i);
        }
    }

    /** The number of a path, or -1 when the index has as many paths as it can have. */
    int idOf(String path) {
        Integer known = ids.get(path);
        if (known != null) {
            return known;
        }
        if (paths.size() >= PATHS_MAX) {
            return -1;
        }
        ids.put(path, paths.size());
        paths.add(path);
        return paths.size() - 1;
    }

    List<String> paths() {
        return List.copyOf(paths);
    }
}
