package io.miroir.bench.load;

import io.miroir.api.Json;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A search whose whole answer is known: it filters on documents that nobody writes any more.
 *
 * @param request as it is sent
 * @param total how many there are
 * @param page ids of the first page, in their order
 */
record KnownSearch(JsonNode request, long total, List<Long> page) {
    /** Any is no answer as it was when nothing moved. */
    enum Flaw {
        NONE,
        /** No answer, or an error. */
        FAILED,
        /** It says itself that it is not whole, or not new. */
        DEGRADED,
        /** A document is there twice, or counted twice. */
        DOUBLED,
        /** A document is missing, or not counted. */
        INCOMPLETE,
        /** The same in another order. */
        REORDERED
    }

    private static final String DEGRADED = "X-Miroir-Degraded";
    private static final int PAGE = 20;
    private static final int OF_EACH_KIND = 20;

    /** The more frequent words are in so many documents that only a part of them is counted. */
    private static final int RANK_MIN = 400;

    private static final int RANK_MAX = 4_000;

    KnownSearch {
        page = List.copyOf(page);
    }

    static String target(String index) {
        return "/indexes/" + index + "/search";
    }

    /**
     * Asks for words, for words together, for one document by its title, and for a tag.
     *
     * @param documents that are there; their ids are 0 to that
     */
    static List<KnownSearch> learn(Server server, String index, int documents) {
        SplittableRandom random = new SplittableRandom(1);
        List<KnownSearch> searches = new ArrayList<>();
        for (int i = 0; i < OF_EACH_KIND; i++) {
            String word = SmallDocuments.word(random.nextInt(RANK_MIN, RANK_MAX));
            String frequent = SmallDocuments.word(random.nextInt(RANK_MIN));
            long id = random.nextInt(documents);
            searches.add(learn(server, index, request(word, documents)));
            searches.add(learn(server, index, request(frequent + ' ' + word, documents)));
            searches.add(learnDocument(server, index, id, documents));
            String tag = " AND tags = " + SmallDocuments.word(random.nextInt(50));
            ObjectNode tagged = request("", documents);
            tagged.put("filter", tagged.path("filter").asString() + tag);
            searches.add(learn(server, index, tagged));
        }
        return searches;
    }

    private static ObjectNode request(String words, int documents) {
        ObjectNode request = Json.object();
        request.put("q", words).put("filter", "id < " + documents);
        request.put("page", 1).put("hitsPerPage", PAGE);
        request.putArray("attributesToRetrieve").add("id").add("title").add("price");
        return request;
    }

    private static KnownSearch learnDocument(Server server, String index, long id, int documents) {
        JsonNode document = Json.parse(SmallDocuments.list(id, 1)).path(0);
        String title = document.path("title").asString();
        ObjectNode request = request(title, documents).put("matchingStrategy", "all");
        KnownSearch learnt = learn(server, index, request);
        if (!learnt.page.contains(id)) {
            throw new IllegalStateException("document " + id + " is not found by " + title);
        }
        return learnt;
    }

    private static KnownSearch learn(Server server, String index, JsonNode request) {
        JsonNode answer = server.ask("POST", target(index), request);
        return new KnownSearch(request, answer.path("totalHits").asLong(), ids(answer));
    }

    private static List<Long> ids(JsonNode answer) {
        List<Long> ids = new ArrayList<>();
        answer.path("hits").forEach(hit -> ids.add(hit.path("id").asLong(-1)));
        return ids;
    }

    /** What is wrong with an answer. */
    Flaw flaw(HttpResponse<byte[]> answer) {
        if (answer.statusCode() != 200) {
            return Flaw.FAILED;
        }
        return answer.headers().firstValue(DEGRADED).isPresent()
                ? Flaw.DEGRADED
                : flaw(Json.parse(answer.body()));
    }

    /** What is wrong with an answer that is one. */
    Flaw flaw(JsonNode answer) {
        List<Long> found = ids(answer);
        long counted = answer.path("totalHits").asLong(-1);
        if (counted > total || new HashSet<>(found).size() < found.size()) {
            return Flaw.DOUBLED;
        }
        if (counted < total || !new HashSet<>(found).containsAll(page)) {
            return Flaw.INCOMPLETE;
        }
        return found.equals(page) ? Flaw.NONE : Flaw.REORDERED;
    }
}
