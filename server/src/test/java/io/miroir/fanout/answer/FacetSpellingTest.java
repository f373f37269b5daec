package io.miroir.fanout.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.core.topology.ShardSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Nodes each spell a value of a facet as their own first document does. */
class FacetSpellingTest {
    private static final IndexProfile INDEX =
            IndexProfile.of(
                    "movies",
                    "m7",
                    "id",
                    json(
                            "{'filterableAttributes':['color','o.size'],'pagination':{'maxTotalHits':9}}"));

    @Test
    void theFirstDocumentsSpellingIsShown() {
        ObjectNode client = json("{'q':'x','facets':['color'],'filter':'a = 1','limit':3}");
        List<ObjectNode> answers =
                List.of(
                        counted("{'color':{'Red':2,'blue':1},'o.size':{'L':1}}"),
                        counted("{'color':{'red':1,'blue':1},'o.size':{'L':1}}"));
        FacetSpelling spelling = FacetSpelling.of(client, INDEX, null, answers).orElseThrow();
        assertEquals(
                json(
                        "{'q':'x','filter':['_miroir_shard IN [\\\"---------------_\\\"]',"
                                + "'\\\"color\\\" = \\\"red\\\"','a = 1'],"
                                + "'attributesToRetrieve':['_miroir_seq','color'],'limit':1000}"),
                Json.parse(Json.text(spelling.nodeRequest(ShardSet.of(1)))));
        spelling.settle(
                List.of(
                        json("{'hits':[{'_miroir_seq':'b','color':['x','Red']}]}"),
                        json(
                                "{'hits':[{'_miroir_seq':'c','color':'RED'},{'_miroir_seq':'a','color':'red'}]}")),
                answers);
        assertEquals(counted("{'color':{'blue':1,'red':2},'o.size':{'L':1}}"), answers.getFirst());
        assertEquals(counted("{'color':{'red':1,'blue':1},'o.size':{'L':1}}"), answers.getLast());
    }

    /** Shows: all that decides which documents are found is asked, and nothing else. */
    @Test
    void theSameDocumentsAreAskedFor() {
        String finding =
                "'matchingStrategy':'all','attributesToSearchOn':['t'],"
                        + "'rankingScoreThreshold':0.5,'locales':['eng'],'distinct':'color'";
        List<ObjectNode> answers =
                List.of(counted("{'color':{'Red':2}}"), counted("{'color':{'red':1}}"));
        ObjectNode client = json("{'q':'x'," + finding + ",'sort':['a:asc'],'offset':3}");
        FacetSpelling spelling = FacetSpelling.of(client, INDEX, null, answers).orElseThrow();
        assertEquals(
                json(
                        "{'q':'x',"
                                + finding
                                + ",'filter':['\\\"color\\\" = \\\"red\\\"'],"
                                + "'attributesToRetrieve':['_miroir_seq','color'],'limit':1000}"),
                Json.parse(Json.text(spelling.nodeRequest(null))));
    }

    /** Shows: what all spell alike, what may not be filtered and what is too much is not asked. */
    @Test
    void othersAreNotAskedFor() {
        ObjectNode client = json("{}");
        assertEquals(
                Optional.empty(),
                FacetSpelling.of(
                        client,
                        INDEX,
                        null,
                        List.of(counted("{'color':{'red':1}}"), counted("{'color':{'red':2}}"))));
        assertEquals(
                Optional.empty(),
                FacetSpelling.of(
                        client,
                        INDEX,
                        null,
                        List.of(counted("{'size':{'L':1}}"), counted("{'size':{'l':2}}"))));
        List<ObjectNode> ten =
                List.of(counted("{'color':{'red':5}}"), counted("{'color':{'Red':5}}"));
        assertEquals(Optional.empty(), FacetSpelling.of(client, INDEX, null, ten));
        List<ObjectNode> nine =
                List.of(counted("{'color':{'red':5}}"), counted("{'color':{'Red':4}}"));
        assertTrue(FacetSpelling.of(client, INDEX, null, nine).isPresent());
        StringBuilder lower = new StringBuilder();
        StringBuilder upper = new StringBuilder();
        for (int i = 0; i <= FacetSpelling.VALUES_MAX; i++) {
            lower.append(lower.isEmpty() ? "" : ",").append("'a" + i + "':0");
            upper.append(upper.isEmpty() ? "" : ",").append("'A" + i + "':0");
        }
        assertEquals(
                Optional.empty(),
                FacetSpelling.of(
                        client,
                        INDEX,
                        null,
                        List.of(
                                counted("{'color':{" + lower + "}}"),
                                counted("{'color':{" + upper + "}}"))));
    }

    /** Shows: what is counted for the total alone is asked for no second time. */
    @Test
    void whatTheClientDoesNotSeeIsNotAskedFor() {
        IndexProfile distinct =
                IndexProfile.of(
                        "movies",
                        "m7",
                        "id",
                        json("{'filterableAttributes':['color'],'distinctAttribute':'color'}"));
        List<ObjectNode> answers =
                List.of(
                        json("{'facetDistribution':{'color':{'red':1}}}"),
                        json("{'facetDistribution':{'color':{'Red':1}}}"));
        SearchCall unseen = SearchCall.of(json("{'page':1}"), distinct);
        assertEquals(Optional.empty(), unseen.disputedSpelling(answers));
        SearchCall seen = SearchCall.of(json("{'page':1,'facets':['color']}"), distinct);
        assertTrue(seen.disputedSpelling(answers).isPresent());
    }

    /**
     * Shows: of values that are searched for, the first document of all that have one says how it
     * is spelled, however many these are, and whether or not the search finds it.
     */
    @Test
    void foundValuesAreSpelledAsTheFirstOfAllDocumentsHasThem() {
        FacetSearchCall call =
                FacetSearchCall.of(
                        json("{'facetName':'color','facetQuery':'r','q':'x','filter':'a = 1'}"),
                        INDEX);
        List<ObjectNode> answers =
                List.of(
                        json(
                                "{'facetHits':[{'value':'Red','count':9},{'value':'rose','count':1}]}"),
                        json("{'facetHits':[{'value':'red','count':9}]}"));
        List<ObjectNode> counted = call.distributions(answers);
        FacetSpelling spelling = call.disputedSpelling(counted).orElseThrow();
        assertEquals(
                json(
                        "{'filter':['_miroir_shard IN [\\\"---------------_\\\"]',"
                                + "'\\\"color\\\" = \\\"red\\\"'],'sort':['_miroir_seq:asc'],"
                                + "'fields':['_miroir_seq','color'],'limit':1000}"),
                Json.parse(Json.text(spelling.fetchRequest(ShardSet.of(1)))));
        spelling.settle(
                List.of(
                        json("{'results':[{'_miroir_seq':'b','color':'red'}]}"),
                        json("{'results':[{'_miroir_seq':'a','color':['blue','RED']}]}")),
                counted);
        assertEquals(
                json("{'facetHits':[{'value':'RED','count':18},{'value':'rose','count':1}]}")
                        .get("facetHits"),
                Json.parse(Json.text(call.merge(answers, counted).get("facetHits"))));
    }

    /**
     * Shows: in a federation it is the first document of those that any query of the index finds.
     */
    @Test
    void theQueriesOfAFederationAreAskedEach() {
        FederatedCall call =
                FederatedCall.of(
                        json(
                                "{'federation':{'facetsByIndex':{'movies':['color']}},'queries':["
                                        + "{'indexUid':'movies','q':'x','filter':'a = 1'},"
                                        + "{'indexUid':'books'},{'indexUid':'movies','q':'y'}]}"),
                        List.of(INDEX, IndexProfile.of("books", "m8", "id", json("{}")), INDEX),
                        Map.of());
        List<FederatedCall.NodeAnswer> answers =
                List.of(ofMovies("{'color':{'Red':2}}"), ofMovies("{'color':{'red':1,'blue':1}}"));
        FederatedSpelling disputed = call.disputedSpellings(answers).getFirst();
        assertEquals(1, call.disputedSpellings(answers).size());
        assertEquals(List.of(0, 2), List.copyOf(disputed.queries().keySet()));
        ObjectNode first = Objects.requireNonNull(disputed.queries().get(0)).nodeRequest(null);
        assertEquals("x", first.path("q").asString());
        assertEquals(2, first.path("filter").size());
        disputed.settle(
                List.of(
                        json("{'hits':[{'_miroir_seq':'b','color':'Red'}]}"),
                        json("{'hits':[{'_miroir_seq':'a','color':'RED'}]}")));
        assertEquals(ofMovies("{'color':{'blue':1,'RED':1}}").json(), answers.getLast().json());
        assertEquals(List.of(), call.disputedSpellings(answers));
    }

    private static FederatedCall.NodeAnswer ofMovies(String distribution) {
        return new FederatedCall.NodeAnswer(
                json("{'facetsByIndex':{'m7':{'distribution':" + distribution + "}}}"),
                List.of(),
                new FederatedCall.Purpose("m7"));
    }

    private static ObjectNode counted(String distribution) {
        return json(distribution);
    }

    private static ObjectNode json(String text) {
        return Json.parseObject(text.replace('\'', '"'));
    }
}
