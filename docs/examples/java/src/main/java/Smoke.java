import com.meilisearch.sdk.Client;
import com.meilisearch.sdk.Config;
import com.meilisearch.sdk.Index;
import com.meilisearch.sdk.IndexSearchRequest;
import com.meilisearch.sdk.MultiSearchFederation;
import com.meilisearch.sdk.MultiSearchRequest;
import com.meilisearch.sdk.SearchRequest;
import com.meilisearch.sdk.TenantTokenOptions;
import com.meilisearch.sdk.exceptions.MeilisearchApiException;
import com.meilisearch.sdk.model.Key;
import com.meilisearch.sdk.model.Searchable;
import com.meilisearch.sdk.model.TaskInfo;
import com.meilisearch.sdk.model.TaskStatus;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What an application does, with Meilisearch's Java SDK. */
public final class Smoke {
    private static final String UID = "smoke-java";
    private static final String BOOKS =
            """
            [
              {"id": 1, "title": "The Old Man and the Sea", "shelf": "novel"},
              {"id": 2, "title": "The Sea, the Sea", "shelf": "novel"},
              {"id": 3, "title": "The Sea Around Us", "shelf": "science"},
              {"id": 4, "title": "Silent Spring", "shelf": "science"}
            ]
            """;

    private static Client client = client(System.getenv("MEILISEARCH_KEY"));

    public static void main(String[] arguments) {
        Index index = client.index(UID);
        done(client.createIndex(UID, "id"));
        done(index.updateFilterableAttributesSettings(new String[] {"shelf"}));
        done(index.addDocuments(BOOKS));

        equal(ids(index.search("sea")), List.of(1, 2, 3));
        SearchRequest novels = new SearchRequest("sea").setFilter(new String[] {"shelf = novel"});
        equal(ids(index.search(novels)), List.of(1, 2));
        SearchRequest counting = new SearchRequest("").setFacets(new String[] {"shelf"});
        equal(
                index.search(counting).getFacetDistribution(),
                Map.of("shelf", Map.of("novel", 2.0, "science", 2.0)));

        MultiSearchRequest queries =
                new MultiSearchRequest()
                        .addQuery(new IndexSearchRequest(UID).setQuery("sea"))
                        .addQuery(new IndexSearchRequest(UID).setQuery("spring"));
        equal(
                Arrays.stream(client.multiSearch(queries).getResults()).map(Smoke::ids).toList(),
                List.of(List.of(1, 2, 3), List.of(4)));
        equal(ids(client.multiSearch(queries, new MultiSearchFederation())), List.of(1, 2, 3, 4));

        Key wanted = new Key().setActions(new String[] {"search"}).setIndexes(new String[] {UID});
        Key key = client.createKey(wanted);
        equal(ids(client(key.getKey()).index(UID).search("sea")), List.of(1, 2, 3));
        TenantTokenOptions options = new TenantTokenOptions();
        options.setApiKey(key.getKey());
        Map<String, Object> rules = Map.of(UID, Map.of("filter", "shelf = science"));
        String token = client.generateTenantToken(key.getUid(), rules, options);
        equal(ids(client(token).index(UID).search("sea")), List.of(3));
        client.deleteKey(key.getUid());
        equal(refusal(key.getKey()), "invalid_api_key");

        done(index.deleteDocument("3"));
        equal(ids(index.search("sea")), List.of(1, 2));
        done(client.deleteIndex(UID));
    }

    private static Client client(String key) {
        return new Client(new Config(System.getenv("MEILISEARCH_URL"), key));
    }

    private static void done(TaskInfo task) {
        client.waitForTask(task.getTaskUid());
        equal(client.getTask(task.getTaskUid()).getStatus(), TaskStatus.SUCCEEDED);
    }

    private static String refusal(String key) {
        try {
            client(key).index(UID).search("sea");
            return "none";
        } catch (MeilisearchApiException refused) {
            return refused.getCode();
        }
    }

    private static List<Integer> ids(Searchable answer) {
        return answer.getHits().stream()
                .map(hit -> ((Number) hit.get("id")).intValue())
                .sorted()
                .toList();
    }

    private static void equal(Object got, Object expected) {
        if (!expected.equals(got)) {
            throw new IllegalStateException("got " + got + ", expected " + expected);
        }
    }
}
