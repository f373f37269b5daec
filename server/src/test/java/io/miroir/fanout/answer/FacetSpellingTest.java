package io.miroir.fanout.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.core.topology.ShardSet;
import java.util.List;
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
                List.of(counted("{'color':{'red':1}}"), counted("{'color':{'Red':1}}"));
        SearchCall unseen = SearchCall.of(json("{'page':1}"), distinct);
        assertEquals(Optional.empty(), unseen.disputedSpelling(answers));
        SearchCall seen = SearchCall.of(json("{'page':1,'facets':['color']}"), distinct);
        assertTrue(seen.disputedSpelling(answers).isPresent());
    }

    private static ObjectNode counted(String distribution) {
        return json("{'facetDistribution':" + distribution + "}");
    }

    private static ObjectNode json(String text) {
        return Json.parseObject(text.replace('\'', '"'));
    }
}
