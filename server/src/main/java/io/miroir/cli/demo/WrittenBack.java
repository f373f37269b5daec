package io.miroir.cli.demo;

import io.miroir.cli.client.Api;
import io.miroir.cli.client.ApiCall;
import io.miroir.cli.client.ApiFailure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What an index holds once all its tasks have ended.
 *
 * @param ids of all its documents, which are numbers
 */
public record WrittenBack(Set<Integer> ids) {
    private static final int PAGE_DOCUMENTS = 1_000;
    private static final int POLLS_MAX = 600;
    private static final long POLL_MILLIS = 100;

    public WrittenBack {
        ids = Set.copyOf(ids);
    }

    /** Waits for the index's tasks, then reads all documents page by page. */
    public static WrittenBack read(Api api, String index) {
        awaitTasks(api, index);
        Set<Integer> ids = new HashSet<>();
        int offset = 0;
        JsonNode page;
        do {
            page =
                    api.call(
                            ApiCall.get(
                                    "/indexes/%s/documents?fields=id&limit=%d&offset=%d"
                                            .formatted(index, PAGE_DOCUMENTS, offset)));
            page.path("results").forEach(document -> ids.add(document.path("id").asInt()));
            offset += PAGE_DOCUMENTS;
        } while (page.path("results").size() == PAGE_DOCUMENTS);
        return new WrittenBack(ids);
    }

    /** Those of the ids that are not there, in their order. */
    public List<Integer> missing(List<Integer> expected) {
        List<Integer> missing = new ArrayList<>(expected);
        missing.removeIf(ids::contains);
        return missing;
    }

    private static void awaitTasks(Api api, String index) {
        ApiCall open =
                ApiCall.get("/tasks?limit=1&statuses=enqueued,processing&indexUids=" + index);
        for (int i = 0; i < POLLS_MAX; i++) {
            if (api.call(open).path("results").isEmpty()) {
                return;
            }
            try {
                Thread.sleep(POLL_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ApiFailure("interrupted");
            }
        }
        throw new ApiFailure(
                "Tasks of %s are still unfinished after %d s."
                        .formatted(index, POLLS_MAX * POLL_MILLIS / 1_000));
    }
}
