package io.miroir.fanout.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Json;
import io.miroir.core.rules.Pin;
import io.miroir.core.rules.RuleBook;
import io.miroir.core.topology.ShardSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class PinnedCallTest {
    private static final IndexProfile INDEX =
            IndexProfile.of("movies", "m7", "id", Json.parse("{}"));
    private static final List<Pin> PINS =
            List.of(new Pin("a", 0), new Pin("gone", 1), new Pin("b", 2));
    private static final ObjectNode FETCHED =
            json("{'results':[{'id':'b','_miroir_seq':'_'},{'id':'a','_miroir_seq':'-'}]}");

    @Test
    void documentsAreLookedUpByTheirKeys() {
        assertEquals(
                json("{'ids':['a','gone','b'],'fields':['id','_miroir_seq'],'limit':3}"),
                lookUp("{'filter':'n = 1'}", PINS).nodeRequest(null));
        assertTrue(lookUp("{}", PINS).nodeRequest(ShardSet.of(1)).has("filter"));
        assertEquals(List.of(PINS.get(0), PINS.get(2)), call("{}").pins());
        assertTrue(lookUp("{}", PINS).found(List.of()).isEmpty());
    }

    /** Shows: of more than may be pinned those count that are there and pass the filter. */
    @Test
    void ofTooManyThoseCountThatMayBeShown() {
        List<Pin> many = IntStream.range(0, 250).mapToObj(i -> new Pin("d" + i, 1000 - i)).toList();
        PinnedCall.LookUp lookUp = lookUp("{'filter':'n = 1'}", many);
        assertTrue(lookUp.isFiltered());
        assertEquals("n = 1", lookUp.nodeRequest(null).path("filter").asString());
        assertEquals(250, lookUp.nodeRequest(null).path("limit").asInt());
        assertFalse(lookUp.withoutFilter().nodeRequest(null).has("filter"));
        assertFalse(lookUp("{'filter':'n = 1'}", many.subList(0, 100)).isFiltered());
        ObjectNode fetched = json("{}");
        for (int i = 1; i < 250; i += 2) {
            fetched.withArray("results").addObject().put("id", "d" + i).put("_miroir_seq", "-" + i);
        }
        PinnedCall call = lookUp.found(List.of(fetched));
        assertEquals(100, call.pins().size());
        assertEquals(25, call.passedOver());
        assertEquals(new Pin("d199", 801), call.pins().getFirst(), "the last of the first 100");
        assertEquals(new Pin("d1", 999), call.pins().getLast());
    }

    /** Shows: however much rules pin, a search looks up so many; the others are counted. */
    @Test
    void noMoreIsLookedUpThanMayBe() {
        List<Pin> many =
                IntStream.range(0, RuleBook.LOOKED_UP_MAX + 7)
                        .mapToObj(i -> new Pin("d" + i, i))
                        .toList();
        PinnedCall.LookUp lookUp = lookUp("{}", many);
        assertEquals(RuleBook.LOOKED_UP_MAX, lookUp.nodeRequest(null).path("ids").size());
        assertEquals(7, lookUp.withoutFilter().found(List.of()).passedOver());
    }

    /** Shows: the client's filter stands beside what keeps the documents out. */
    @Test
    void theSearchIsWithoutThem() {
        ObjectNode request = call("{'q':'sea','filter':'n = 1'}").others().nodeRequest(null);
        assertEquals(
                json("{'f':['_miroir_seq != \\'_\\'','_miroir_seq != \\'-\\''," + "'n = 1']}")
                        .path("f"),
                request.path("filter"));
        assertEquals("sea", request.path("q").asString());
    }

    /** Shows: only the client's filter is spelled out; ours is cut out of errors as it is. */
    @Test
    void ourConditionsStayAsTheyAreWhereAllIsFilterable() {
        IndexProfile index =
                IndexProfile.of(
                        "movies",
                        "m7",
                        "id",
                        Json.parse("{\"filterableAttributes\":[{\"attributePatterns\":[\"*\"]}]}"));
        PinnedCall call =
                PinnedCall.LookUp.of(json("{'filter':'n != 1'}"), index, "id", PINS.subList(0, 1))
                        .found(List.of(FETCHED));
        assertEquals(
                json("{'f':['_miroir_seq != \\'-\\'','NOT n = 1']}").path("f"),
                call.others().nodeRequest(null).path("filter"));
    }

    /** Shows: the key of a document may lie deeper in it. */
    @Test
    void nestedKeysAreFound() {
        IndexProfile index = IndexProfile.of("movies", "m7", "meta.id", Json.parse("{}"));
        ObjectNode fetched = json("{'results':[{'meta':{'id':7},'_miroir_seq':'-'}]}");
        List<Pin> pins = List.of(new Pin("7", 0));
        PinnedCall call =
                PinnedCall.LookUp.of(json("{'q':'sea'}"), index, "meta.id", pins)
                        .found(List.of(fetched));
        assertEquals(pins, call.pins());
        PinnedHits pinned =
                call.hits(
                        List.of(json("{'hits':[{'meta':{'id':7}}],'estimatedTotalHits':1}")),
                        List.of());
        assertEquals(1, pinned.hits().size());
        ObjectNode again = json("{'hits':[{'meta':{'id':7}}],'estimatedTotalHits':1}");
        assertEquals(
                1, call.others().merge(List.of(again), pinned).path("hits").size(), "shown once");
    }

    /** Shows: they need not match, but the filter holds for them as well. */
    @Test
    void theyAreAskedForWithoutWords() {
        ObjectNode request =
                call("{'q':'sea','filter':'n = 1','rankingScoreThreshold':0.9,'offset':7}")
                        .nodeRequest(null);
        assertEquals(
                json("{'f':['_miroir_seq IN [\\'-\\', \\'_\\']','n = 1']}").path("f"),
                request.path("filter"));
        assertFalse(request.has("q") || request.has("rankingScoreThreshold"));
        assertEquals("_miroir_seq", request.path("distinct").asString());
        assertEquals(0, request.path("offset").asInt());
        assertEquals(2, request.path("limit").asInt());
    }

    /** Shows: words are looked for where the client wants to see them. */
    @Test
    void wordsAreMarkedWhereTheyAre() {
        assertFalse(call("{'q':'sea'}").marksWords());
        assertFalse(call("{'attributesToHighlight':['*']}").marksWords());
        assertFalse(call("{'q':'sea','showMatchesPosition':false}").marksWords());
        assertTrue(call("{'q':'sea','showMatchesPosition':true}").marksWords());
        assertTrue(call("{'q':'sea','attributesToCrop':['a']}").marksWords());
        ObjectNode request =
                call("{'q':'sea','attributesToHighlight':['*'],'facets':['a']}")
                        .markedRequest(null);
        assertEquals("sea", request.path("q").asString());
        assertFalse(request.has("facets"));
    }

    /** Shows: the page has them at their places, and they count once. */
    @Test
    void thePageHasThemAtTheirPlaces() {
        PinnedCall call = call("{'q':'sea','limit':3}");
        PinnedHits pinned =
                call.hits(
                        List.of(
                                json(
                                        "{'hits':[{'id':'b','t':1},{'id':'a'}],'estimatedTotalHits':2}")),
                        List.of(json("{'hits':[{'id':'b','t':2}]}")));
        ObjectNode answer = call.others().merge(List.of(organic("1", "2")), pinned);
        assertEquals(
                json("{'hits':[{'id':'a'},{'id':'1'},{'id':'b','t':2}]}").path("hits"),
                answer.path("hits"));
        assertEquals(4, answer.path("estimatedTotalHits").asInt());
    }

    /** Shows: one that was written since it was looked up is not shown twice. */
    @Test
    void oneThatWasWrittenMeanwhileIsShownOnce() {
        PinnedCall call = call("{'q':'sea'}");
        PinnedHits pinned =
                call.hits(List.of(json("{'hits':[{'id':'a'}],'estimatedTotalHits':1}")), List.of());
        ObjectNode answer = call.others().merge(List.of(organic("1", "a")), pinned);
        assertEquals(json("{'hits':[{'id':'a'},{'id':'1'}]}").path("hits"), answer.path("hits"));
    }

    /** Shows: a pinned document is one of as many as words must find, and is asked for without. */
    @Test
    void aHybridSearchEndsWithItsWordsAndThem() {
        PinnedCall call =
                call(
                        "{'q':'sea','limit':2,'vector':[1],"
                                + "'hybrid':{'embedder':'e','semanticRatio':0.5}}");
        ObjectNode alone = call.nodeRequest(null);
        assertFalse(alone.has("hybrid") || alone.has("vector"));
        PinnedHits pinned =
                call.hits(List.of(json("{'hits':[{'id':'a'}],'estimatedTotalHits':1}")), List.of());
        List<ObjectNode> found = List.of(json("{'hits':[" + good() + "],'estimatedTotalHits':1}"));
        SearchCall others = call.others();
        assertTrue(others.perhapsByWords(found, PinnedHits.NONE).isEmpty());
        SearchCall words = others.perhapsByWords(found, pinned).orElseThrow();
        assertFalse(words.isByWords(found, PinnedHits.NONE));
        assertTrue(words.isByWords(found, pinned));
        assertFalse(words.isByWords(List.of(), pinned), "one hit is not enough");
        ObjectNode answer = words.merge(found, pinned);
        assertEquals(json("{'hits':[{'id':'a'},{'id':'1'}]}").path("hits"), answer.path("hits"));
        assertEquals(0, answer.path("semanticHitCount").asInt(-1));
    }

    private static String good() {
        return "{'id':'1','_rankingScore':0.95,"
                + "'_rankingScoreDetails':{'words':{'order':0,'matchingWords':1}}}";
    }

    @Test
    void theirScoreSaysThatTheyArePinned() {
        PinnedCall call = call("{'showRankingScore':true,'showRankingScoreDetails':true}");
        PinnedHits pinned =
                call.hits(List.of(json("{'hits':[{'id':'b'}],'estimatedTotalHits':1}")), List.of());
        assertEquals(
                json("{'hits':[{'id':'b','_rankingScore':1.0,'_rankingScoreDetails':"
                                + "{'pin':{'order':0,'position':2}}}]}")
                        .path("hits")
                        .toString(),
                call.others().merge(List.of(organic()), pinned).path("hits").toString());
    }

    /** Shows: where pages are counted, a value that a pinned document has too counts once. */
    @Test
    void distinctValuesCountOnce() {
        IndexProfile index =
                IndexProfile.of(
                        "movies", "m7", "id", Json.parse("{\"filterableAttributes\":[\"k\"]}"));
        ObjectNode client = json("{'distinct':'k','page':1,'hitsPerPage':5}");
        PinnedCall call = PinnedCall.LookUp.of(client, index, "id", PINS).found(List.of(FETCHED));
        assertEquals("k", call.nodeRequest(null).path("facets").path(0).asString());
        PinnedHits pinned =
                call.hits(
                        List.of(
                                json(
                                        "{'hits':[{'id':'a','k':'x'},{'id':'b','k':'x'}],"
                                                + "'estimatedTotalHits':2,"
                                                + "'facetDistribution':{'k':{'x':2}}}")),
                        List.of());
        ObjectNode organic = organic("1", "2");
        organic.put("totalHits", 2).putObject("facetDistribution").putObject("k").put("x", 1);
        organic.withObject("facetDistribution").withObject("k").put("y", 1);
        ObjectNode answer = call.others().merge(List.of(organic), pinned);
        assertEquals(2, answer.path("totalHits").asInt());
        assertEquals(4, answer.path("hits").size());
    }

    private static PinnedCall call(String client) {
        return lookUp(client, PINS).found(List.of(FETCHED));
    }

    private static PinnedCall.LookUp lookUp(String client, List<Pin> pins) {
        return PinnedCall.LookUp.of(json(client), INDEX, "id", pins);
    }

    private static ObjectNode organic(String... ids) {
        ObjectNode answer = json("{'hits':[],'processingTimeMs':0}");
        for (String id : ids) {
            ObjectNode hit = answer.withArray("hits").addObject().put("id", id);
            hit.putObject("_rankingScoreDetails")
                    .putObject("_miroir_seq:asc")
                    .put("order", 0)
                    .put("value", "-" + id);
        }
        return answer.put("estimatedTotalHits", ids.length);
    }

    private static ObjectNode json(String text) {
        return Json.parseObject(text.replace("\\'", "\\\"").replace('\'', '"'));
    }
}
