package io.miroir.fanout.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.Json;
import io.miroir.core.topology.ShardSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class SearchCallTest {
    private static final IndexProfile INDEX =
            IndexProfile.of("movies", "m7", "id", Json.parse("{}"));

    /** Shows: shards are put before any form of the client's filter (protocol, rule 10). */
    @Test
    void restrictsToShards() {
        String shards = "_miroir_shard IN [\"---------------_\", \"--------------_-\"]";
        ObjectNode plain = SearchCall.of(json("{}"), INDEX).nodeRequest(ShardSet.of(1, 2));
        assertEquals(Json.array().add(shards), plain.get("filter"));
        ObjectNode text =
                SearchCall.of(json("{'filter':'a = 1 OR b = 2'}"), INDEX)
                        .nodeRequest(ShardSet.of(1, 2));
        assertEquals(Json.array().add(shards).add("a = 1 OR b = 2"), text.get("filter"));
        ObjectNode list =
                SearchCall.of(json("{'filter':[['a=1','b=2'],'c=3']}"), INDEX)
                        .nodeRequest(ShardSet.of(1, 2));
        assertEquals(shards, list.path("filter").path(0).asString());
        assertEquals(
                json("{'f':[['a=1','b=2'],'c=3']}").path("f").path(0), list.path("filter").path(1));
        assertEquals(3, list.path("filter").size());
    }

    /** Shows: no reserved field reaches the client, wherever a node shows it. */
    @Test
    void reservedFieldsNeverLeak() {
        ObjectNode answer =
                SearchCall.of(
                                json(
                                        "{'showRankingScoreDetails':true,'facets':['*'],"
                                                + "'attributesToHighlight':['*']}"),
                                INDEX)
                        .merge(
                                List.of(
                                        json(
                                                """
                                                {'hits':[{'id':1,'_miroir_seq':'-','_miroir_shard':'-',
                                                  '_formatted':{'id':'1','_miroir_seq':'-'},
                                                  '_matchesPosition':{'id':[],'_miroir_seq':[]},
                                                  '_rankingScore':1.0,'_rankingScoreDetails':{
                                                    'words':{'order':0,'matchingWords':1},
                                                    '_miroir_seq:asc':{'order':1,'value':'-'}}}],
                                                 'estimatedTotalHits':1,
                                                 'facetDistribution':{'_miroir_seq':{'-':1},'a':{'x':1}},
                                                 'facetStats':{}}\
                                                """)));
        assertFalse(Json.text(answer).contains("_miroir_"), Json.text(answer));
        assertEquals(
                json("{'words':{'order':0,'matchingWords':1}}"),
                answer.path("hits").path(0).path("_rankingScoreDetails"));
        assertFalse(answer.path("hits").path(0).has("_rankingScore"));
        assertEquals(
                json("{'a':{'x':1}}"), Json.parse(Json.text(answer.path("facetDistribution"))));
    }

    /**
     * Shows: where nothing of a hit is formatted but what the merge asked for, there is no form.
     */
    @Test
    void whatIsFormattedForTheMergeAloneIsNotShown() {
        ObjectNode answer =
                SearchCall.of(
                                json(
                                        "{'attributesToRetrieve':['pid'],"
                                                + "'attributesToHighlight':['list']}"),
                                INDEX)
                        .merge(
                                List.of(
                                        hits(
                                                "{'id':1,'_formatted':{'id':'1'}},"
                                                        + "{'id':2,'list':'x',"
                                                        + "'_formatted':{'id':'2','list':'x'}}")));
        assertFalse(answer.path("hits").path(0).has("_formatted"));
        assertEquals(json("{'list':'x'}"), answer.path("hits").path(1).path("_formatted"));
    }

    /**
     * Shows: hits by words that are enough on all nodes together end a hybrid search, as on one
     * server, though each node by itself went on to vectors.
     */
    @Test
    void wordsAloneEndAHybridSearch() {
        SearchCall call =
                SearchCall.of(
                        json(
                                "{'q':'w','limit':2,'vector':[1],"
                                        + "'hybrid':{'embedder':'e','semanticRatio':0.5}}"),
                        INDEX);
        List<ObjectNode> hybrid =
                List.of(
                        json(
                                "{'hits':[{'id':1,'_rankingScore':0.97,'_rankingScoreDetails':"
                                        + "{'vectorSort':{'order':0,'similarity':0.97}}},"
                                        + hit(2, 0.95)
                                        + "],'semanticHitCount':1,'estimatedTotalHits':9}"),
                        json("{'hits':[" + hit(3, 0.92) + "],'estimatedTotalHits':9}"));
        SearchCall words = call.perhapsByWords(hybrid, PinnedHits.NONE).orElseThrow();
        ObjectNode request = words.nodeRequest(null);
        assertEquals(0, request.path("hybrid").path("semanticRatio").asInt(-1));
        List<ObjectNode> byWords =
                List.of(
                        json("{'hits':[" + hit(2, 0.95) + "],'estimatedTotalHits':1}"),
                        json("{'hits':[" + hit(3, 0.92) + "],'estimatedTotalHits':1}"));
        assertTrue(words.isByWords(byWords, PinnedHits.NONE));
        ObjectNode answer = words.merge(byWords);
        assertEquals(2, answer.path("hits").path(0).path("id").asInt());
        assertEquals(2, answer.path("estimatedTotalHits").asInt());
        assertEquals(0, answer.path("semanticHitCount").asInt(-1));
        assertFalse(
                words.isByWords(byWords.subList(0, 1), PinnedHits.NONE), "one hit is not enough");
        assertEquals(
                1, call.merge(hybrid).path("hits").path(0).path("id").asInt(), "nothing was used");
    }

    /**
     * Shows: where documents have several values that are shown once, nodes are asked for all of
     * them: one leaves out 3 for 2, which is itself left out for what another node has.
     */
    @Test
    void documentsWithSeveralValuesAreAskedForAll() {
        SearchCall call = SearchCall.of(json("{'distinct':'t','limit':5}"), INDEX);
        ObjectNode one = json("{'hits':[" + of(2, "['a','c']") + "],'estimatedTotalHits':1}");
        ObjectNode other = json("{'hits':[" + of(1, "'a'") + "],'estimatedTotalHits':1}");
        SearchCall all = call.forAll(List.of(one, other)).orElseThrow();
        ObjectNode asked = all.nodeRequest(null);
        assertEquals("_miroir_seq", asked.path("distinct").asString());
        assertEquals(1_000, asked.path("limit").asInt());
        List<ObjectNode> whole =
                List.of(
                        json(
                                "{'hits':["
                                        + of(2, "['a','c']")
                                        + ","
                                        + of(3, "'c'")
                                        + "],'estimatedTotalHits':2}"),
                        other);
        assertTrue(SearchCall.isWhole(whole));
        ObjectNode answer = all.merge(whole);
        assertEquals(1, answer.at("/hits/0/id").asInt());
        assertEquals(3, answer.at("/hits/1/id").asInt());
        assertEquals(2, answer.path("hits").size());
        assertEquals(2, answer.path("estimatedTotalHits").asInt());
        assertFalse(SearchCall.isWhole(List.of(one.put("estimatedTotalHits", 2))));
        assertTrue(call.forAll(List.of(other, other.deepCopy())).isEmpty(), "one value each");
    }

    /** A hit whose sequence number is its key. */
    private static String of(int id, String values) {
        return "{'id':%d,'t':%s,'_rankingScore':1.0,'_rankingScoreDetails':{'_miroir_seq:asc':{'order':0,'value':'%d'}}}"
                .formatted(id, values, id);
    }

    private static String hit(int id, double score) {
        return "{'id':"
                + id
                + ",'_rankingScore':"
                + score
                + ",'_rankingScoreDetails':{'words':{'order':0,'matchingWords':1}}}";
    }

    /** Shows: what is not displayed is asked for where the merge needs it, and cut. */
    @Test
    void cutsWhatIsNotDisplayed() {
        IndexProfile hidden =
                IndexProfile.of(
                        "movies",
                        "m7",
                        "id",
                        json("{'displayedAttributes':['title','a'],'distinctAttribute':'sku'}"));
        SearchCall call =
                SearchCall.of(
                        json(
                                "{'sort':['price:asc'],'showRankingScoreDetails':true,"
                                        + "'showMatchesPosition':true,'attributesToHighlight':['*'],"
                                        + "'attributesToCrop':['secret:5','title:5']}"),
                        hidden);
        ObjectNode request = call.nodeRequest(null);
        assertEquals(names("title", "a", "id", "sku"), request.get("attributesToRetrieve"));
        assertEquals(names("title", "a"), request.get("attributesToHighlight"));
        assertEquals(names("title:5"), request.get("attributesToCrop"));
        ObjectNode answer =
                call.merge(
                        List.of(
                                json(
                                        """
                                        {'hits':[{'title':'t','a':{'b':1},'id':1,'sku':'s',
                                          '_formatted':{'title':'t','id':'1','sku':'s'},
                                          '_matchesPosition':{'title':[],'secret':[],'a.b':[]},
                                          '_rankingScore':1.0,'_rankingScoreDetails':{
                                            'price:asc':{'order':0,'value':3.0},
                                            '_miroir_seq:asc':{'order':1,'value':'-'}}}],
                                         'estimatedTotalHits':1}\
                                        """)));
        assertEquals(
                json(
                        """
                        {'title':'t','a':{'b':1},'_formatted':{'title':'t'},
                         '_matchesPosition':{'title':[],'a.b':[]},
                         '_rankingScoreDetails':{'<hidden-rule-0>':{'order':0,'value':'<hidden>'}}}\
                        """),
                answer.path("hits").path(0));
    }

    /** Shows: what is inside a displayed attribute is shown with it, and under no other name. */
    @Test
    void attributesAreDisplayedByTheirOwnNames() {
        IndexProfile some =
                IndexProfile.of(
                        "movies",
                        "m7",
                        "specs.id",
                        json("{'displayedAttributes':['title','specs']}"));
        SearchCall call =
                SearchCall.of(
                        json(
                                "{'attributesToRetrieve':['title','specs.color'],"
                                        + "'showRankingScoreDetails':true,"
                                        + "'attributesToHighlight':['title','specs.id'],"
                                        + "'attributesToCrop':['specs.color:3','specs:5']}"),
                        some);
        ObjectNode request = call.nodeRequest(null);
        assertEquals(names("title", "specs.id"), request.get("attributesToRetrieve"));
        assertEquals(names("title"), request.get("attributesToHighlight"));
        assertEquals(names("specs:5"), request.get("attributesToCrop"));
        ObjectNode answer =
                call.merge(
                        List.of(
                                json(
                                        """
                                        {'hits':[{'title':'t','specs':{'id':1},
                                          '_formatted':{'title':'t','specs':{'id':'1','color':'r'}},
                                          '_rankingScore':1.0,'_rankingScoreDetails':{
                                            'specs.color:asc':{'order':0,'value':'r'},
                                            'specs:desc':{'order':1,'value':null}}}],
                                         'estimatedTotalHits':1}\
                                        """)));
        assertEquals(
                json(
                        """
                        {'title':'t','_formatted':{'title':'t','specs':{'id':'1','color':'r'}},
                         '_rankingScoreDetails':{'specs:desc':{'order':1,'value':null},
                           '<hidden-rule-0>':{'order':0,'value':'<hidden>'}}}\
                        """),
                answer.path("hits").path(0));
    }

    /** Shows: what is asked to be formatted but may not be seen is not kept for that. */
    @Test
    void whatMayNotBeSeenIsNotFormatted() {
        IndexProfile some =
                IndexProfile.of(
                        "movies",
                        "m7",
                        "specs.id",
                        json("{'displayedAttributes':['title','specs']}"));
        SearchCall call =
                SearchCall.of(
                        json(
                                "{'attributesToRetrieve':['title'],"
                                        + "'attributesToHighlight':['title','specs.id']}"),
                        some);
        ObjectNode answer =
                call.merge(
                        List.of(
                                json(
                                        """
                                        {'hits':[{'title':'t','specs':{'id':1},
                                          '_formatted':{'title':'t','specs':{'id':'1'}}}],
                                         'estimatedTotalHits':1}\
                                        """)));
        assertEquals(json("{'title':'t','_formatted':{'title':'t'}}"), answer.path("hits").path(0));
    }

    private static final IndexProfile BRANDS =
            IndexProfile.of(
                    "movies",
                    "m7",
                    "id",
                    Json.parse("{\"filterableAttributes\":[\"brand\",\"color\",\"n\"]}"));

    /** A node's answer to a search with facets, the documents in the order of insertion. */
    private static ObjectNode counted(String total, String hits, String facets, String stats) {
        StringBuilder listed = new StringBuilder();
        for (String hit : hits.split(";", -1)) {
            String id = hit.replaceAll(".*'id':([0-9]+).*", "$1");
            listed.append(listed.isEmpty() ? "{" : ",{")
                    .append(hit)
                    .append(",'_rankingScoreDetails':{'_miroir_seq:asc':{'order':0,'value':'")
                    .append(id)
                    .append("'}}}");
        }
        return json(
                "{'hits':["
                        + listed
                        + "],'"
                        + total
                        + ",'facetDistribution':"
                        + facets
                        + ",'facetStats':"
                        + stats
                        + "}");
    }

    /**
     * Shows: of two documents with a value on two nodes, one counts, as it is spelled and sized.
     */
    @Test
    void whatAnotherNodeShowsAlreadyIsNotCounted() {
        SearchCall call =
                SearchCall.of(
                        json(
                                "{'distinct':'brand','facets':['brand','color','n'],"
                                        + "'attributesToRetrieve':['id']}"),
                        BRANDS);
        assertEquals(
                names("id", "brand", "color", "n"),
                call.nodeRequest(null).get("attributesToRetrieve"));
        ObjectNode answer =
                call.merge(
                        List.of(
                                counted(
                                        "estimatedTotalHits':2",
                                        "'id':2,'brand':'x','color':'Red','n':1;'id':3,'color':'red'",
                                        "{'brand':{'x':1},'color':{'Red':2},'n':{'1':1}}",
                                        "{'n':{'min':1.0,'max':1.0}}"),
                                counted(
                                        "estimatedTotalHits':1",
                                        "'id':1,'brand':'X','color':['b','B',''],'n':2",
                                        "{'brand':{'X':1},'color':{'b':1},'n':{'2':1}}",
                                        "{'n':{'min':2.0,'max':2.0}}")));
        assertEquals(2, answer.path("estimatedTotalHits").asInt());
        assertEquals(json("{'h':[{'id':1},{'id':3}]}").get("h"), answer.get("hits"));
        assertEquals(
                json("{'brand':{'X':1},'color':{'b':1,'red':1},'n':{'2':1}}"),
                Json.parse(Json.text(answer.get("facetDistribution"))));
        assertEquals(
                json("{'n':{'min':2.0,'max':2.0}}"),
                Json.parse(Json.text(answer.get("facetStats"))));
    }

    /**
     * Shows: behind the page only what has a value of the page is taken off, if one server would
     * not have looked at the rest; it looks at all where pages are counted.
     */
    @Test
    void behindThePageNoMoreIsTakenOffThanOneServerTakes() {
        assertEquals("{\"brand\":{\"x\":1,\"y\":2}}", behind("'limit':1", "estimatedTotalHits"));
        assertEquals("{\"brand\":{\"x\":1,\"y\":1}}", behind("'hitsPerPage':1", "totalHits"));
    }

    private static String behind(String page, String total) {
        SearchCall call =
                SearchCall.of(json("{'distinct':'brand','facets':['brand']," + page + "}"), BRANDS);
        String both = "{'brand':{'x':1,'y':1}}";
        ObjectNode answer =
                call.merge(
                        List.of(
                                counted(
                                        total + "':2",
                                        "'id':1,'brand':'x';'id':3,'brand':'y'",
                                        both,
                                        "{}"),
                                counted(
                                        total + "':2",
                                        "'id':2,'brand':'y';'id':4,'brand':'x'",
                                        both,
                                        "{}")));
        assertEquals(1, answer.path("hits").size());
        return Json.text(answer.get("facetDistribution"));
    }

    /** Shows: facets of what hits do not show are as nodes counted them. */
    @Test
    void whatIsNotShownIsAsNodesCountedIt() {
        SearchCall call =
                SearchCall.of(
                        json(
                                "{'distinct':'brand','facets':['color.a'],"
                                        + "'attributesToRetrieve':['id','color.a.b']}"),
                        BRANDS);
        assertEquals(
                names("id", "color.a.b", "brand"),
                call.nodeRequest(null).get("attributesToRetrieve"),
                "to take color.a away would take color.a.b as well");
        ObjectNode answer =
                call.merge(
                        List.of(
                                counted(
                                        "estimatedTotalHits':1",
                                        "'id':1,'brand':'x'",
                                        "{'color.a':{'r':1}}",
                                        "{}")));
        assertEquals(1, answer.at("/facetDistribution/color.a/r").asInt());
    }

    /** Shows: a facet that the client asks for by a pattern is not one of ours. */
    @Test
    void aFacetOfAPatternIsShownThoughItIsCountedForTheTotal() {
        SearchCall call =
                SearchCall.of(
                        json("{'distinct':'brand','facets':['br*'],'hitsPerPage':5}"), BRANDS);
        assertEquals(names("br*"), call.nodeRequest(null).get("facets"));
        ObjectNode answer =
                call.merge(
                        List.of(
                                counted(
                                        "totalHits':1",
                                        "'id':1,'brand':'x'",
                                        "{'brand':{'x':1}}",
                                        "{}")));
        assertEquals(1, answer.at("/facetDistribution/brand/x").asInt());
    }

    /** Shows: an index has no empty values, but hits that a request compares may have. */
    @Test
    void anEmptyTextIsAValueOfTheRequestAlone() {
        IndexProfile bySetting =
                IndexProfile.of(
                        "movies", "m7", "id", Json.parse("{\"distinctAttribute\":\"brand\"}"));
        List<String> empty = List.of("'id':1,'brand':''", "'id':2,'brand':''");
        assertEquals(2, shown(SearchCall.of(json("{}"), bySetting), empty));
        assertEquals(1, shown(SearchCall.of(json("{'distinct':'brand'}"), bySetting), empty));
    }

    private static int shown(SearchCall call, List<String> hitsOfNodes) {
        return call.merge(
                        hitsOfNodes.stream()
                                .map(hit -> counted("estimatedTotalHits':1", hit, "{}", "{}"))
                                .toList())
                .path("hits")
                .size();
    }

    /** Shows: nested attributes that were added are cut without what stands beside them. */
    @Test
    void cutsNestedAttributes() {
        SearchCall call =
                SearchCall.of(
                        json(
                                "{'distinct':'maker.name','attributesToRetrieve':['id','maker.city']}"),
                        INDEX);
        assertEquals(
                names("id", "maker.city", "maker.name"),
                call.nodeRequest(null).get("attributesToRetrieve"));
        ObjectNode answer =
                call.merge(
                        List.of(
                                hits("{'id':1,'maker':{'name':'N','city':'c'}}"),
                                hits(
                                        "{'id':2,'maker':{'name':'n'}},{'id':3,'maker':{'name':'o'}}")));
        assertEquals(
                json("{'h':[{'id':1,'maker':{'city':'c'}},{'id':3}]}").get("h"),
                answer.get("hits"));
    }

    /** Shows: of a list that only an attribute of ours was read from no empty objects are left. */
    @Test
    void cutsWhatIsAroundNestedAttributes() {
        SearchCall call =
                SearchCall.of(
                        json("{'distinct':'maker.name','attributesToRetrieve':['id']}"), INDEX);
        ObjectNode answer =
                call.merge(List.of(hits("{'id':1,'maker':[{'name':'N'},{'name':'M'}]}")));
        assertEquals(json("{'h':[{'id':1}]}").get("h"), answer.get("hits"));
    }

    /** Shows: no node answers where no shard can have matches, and the client's answer is whole. */
    @Test
    void mergesNothing() {
        ObjectNode answer =
                SearchCall.of(json("{'q':'x','hitsPerPage':5,'facets':['a']}"), INDEX)
                        .merge(List.of());
        assertEquals(
                json(
                        """
                        {'hits':[],'query':'x','processingTimeMs':0,'hitsPerPage':5,'page':1,
                         'totalPages':0,'totalHits':0,'facetDistribution':{},'facetStats':{}}\
                        """),
                Json.parse(Json.text(answer)));
    }

    /** Shows: a page deeper than the index allows asks no more, and is empty. */
    @Test
    void pagesNoDeeperThanAllowed() {
        ObjectNode deep =
                SearchCall.of(json("{'offset':9223372036854775807,'limit':20}"), INDEX)
                        .nodeRequest(null);
        assertEquals(1_000, deep.path("limit").asInt());
        ObjectNode page =
                SearchCall.of(json("{'page':4000000000,'hitsPerPage':4000000000}"), INDEX)
                        .nodeRequest(null);
        assertEquals(1_000, page.path("hitsPerPage").asInt());
        assertEquals(1, page.path("page").asInt());
    }

    /** Shows: pages of one query have one hash, other queries another (protocol, rule 11). */
    @Test
    void hashesQueriesWithoutPaging() {
        long first = QueryHash.of("m7", json("{'q':'x','offset':0}"));
        assertEquals(first, QueryHash.of("m7", json("{'q':'x','offset':20,'limit':5}")));
        assertNotEquals(first, QueryHash.of("m7", json("{'q':'y','offset':0}")));
        assertNotEquals(first, QueryHash.of("m8", json("{'q':'x','offset':0}")));
    }

    /** Shows: clients can't filter or sort by reserved fields, but may search their names. */
    @Test
    void refusesReservedFields() {
        ReservedFields.refuse(
                json("{'q':'_miroir_seq','filter':'a = _miroir_seq'}"),
                ErrorCode.INVALID_SEARCH_FILTER);
        for (String request :
                List.of(
                        "{'filter':'_miroir_shard = 1'}",
                        "{'filter':['a=1',['NOT _miroir_seq EXISTS']]}",
                        "{'sort':['_miroir_seq:desc']}",
                        "{'facets':['a','_miroir_seq']}",
                        "{'facetName':'_miroir_shard'}",
                        "{'facetsByIndex':{'i':['_miroir_shard']}}")) {
            ApiException refusal =
                    assertThrows(
                            ApiException.class,
                            () ->
                                    ReservedFields.refuse(
                                            json(request), ErrorCode.INVALID_SEARCH_FILTER));
            assertEquals(ErrorCode.MIROIR_RESERVED_FIELD, refusal.code(), request);
        }
    }

    /** Shows: a node's complaint reads as one node's that knows of no shards (recorded texts). */
    @Test
    void nodeErrorsReadAsOneNodes() {
        assertEquals(
                "Index `movies`: Attribute `foo` is not filterable. Available filterable attribute"
                        + " patterns are: `brand`.\n2:5 \"foo\" = \"1\"",
                clientError(
                        "Index `m7`: Attribute `foo` is not filterable. Available filterable"
                                + " attribute patterns are: `_miroir_seq`, `_miroir_shard`, `brand`.\n"
                                + "35:38 (\"_miroir_shard\" IN [\"--\"]) AND (\"foo\" = \"1\")"));
        assertEquals(
                "Index `movies`: Attribute `b` is not filterable. This index does not have"
                        + " configured filterable attributes.\n"
                        + "37:38 (\"foo\" = \"1\") AND ((\"a\" = \"1\") OR (\"b\" = \"2\"))",
                clientError(
                        "Index `m7`: Attribute `b` is not filterable. Available filterable"
                                + " attribute patterns are: `_miroir_seq`, `_miroir_shard`.\n"
                                + "69:70 (\"_miroir_shard\" IN [\"--\"]) AND (\"foo\" = \"1\") AND"
                                + " ((\"a\" = \"1\") OR (\"b\" = \"2\"))"));
        assertEquals(
                "Attribute `foo` is not sortable. Available sortable attributes are: `price`.",
                clientError(
                        "Attribute `foo` is not sortable. Available sortable attributes are:"
                                + " `_miroir_seq, price`."));
        assertEquals(
                "Invalid facet distribution: Pattern `foo` is not filterable. This index does not"
                        + " have configured filterable attributes.",
                clientError(
                        "Invalid facet distribution: Pattern `foo` is not filterable. Available"
                                + " filterable attributes patterns are: `_miroir_seq, _miroir_shard`."));
    }

    /** Shows: the names of reserved fields go wherever they stand in a list. */
    @Test
    void nodeErrorsHaveNoReservedNames() {
        assertEquals(
                "Available filterable attribute patterns are: `*`.\n2:3 \"a\" IS NULL",
                clientError(
                        "Available filterable attribute patterns are: `*`, `_miroir_seq`,"
                                + " `_miroir_shard`.\n"
                                + "35:36 (\"_miroir_shard\" IN [\"--\"]) AND (\"a\" IS NULL)"));
        assertEquals(
                "Available filterable attribute patterns are: `Title`, `a`.",
                clientError(
                        "Available filterable attribute patterns are: `Title`, `_miroir_shard`,"
                                + " `a`."));
        assertEquals(
                "Available sortable attributes are: `Title`.",
                clientError("Available sortable attributes are: `Title, _miroir_seq`."));
    }

    /** Shows: what is not displayed is not named either, but with facets and sorts of documents. */
    @Test
    void nodeErrorsNameWhatIsDisplayed() {
        String sortable =
                "Index `movies`: Attribute `x` is not sortable. Available sortable attributes are:"
                        + " `price, rating`.";
        assertEquals(
                "Index `movies`: Attribute `x` is not sortable. Available sortable attributes are:"
                        + " `rating, <..hidden-attributes>`.",
                refusal(ErrorCode.INVALID_SEARCH_SORT, sortable, "['id','rating']"));
        assertEquals(sortable, refusal(ErrorCode.INVALID_SEARCH_SORT, sortable, "['*']"));
        assertEquals(sortable, refusal(ErrorCode.INVALID_DOCUMENT_SORT, sortable, "[]"));
        assertEquals(
                "Attribute `t` is not searchable. Available searchable attributes are:"
                        + " `, <..hidden-attributes>`.",
                refusal(
                        ErrorCode.INVALID_SEARCH_ATTRIBUTES_TO_SEARCH_ON,
                        "Attribute `t` is not searchable. Available searchable attributes are:"
                                + " `id, price`.",
                        "['t']"));
        assertEquals(
                "Attribute `x` is not filterable and thus, cannot be used as distinct attribute."
                        + " This index does not have configured filterable attributes.",
                refusal(
                        ErrorCode.INVALID_SEARCH_DISTINCT,
                        "Attribute `x` is not filterable and thus, cannot be used as distinct"
                                + " attribute. Available filterable attributes patterns are:"
                                + " `_miroir_shard, brand`.",
                        "[]"));
    }

    private static String refusal(ErrorCode code, String ofNode, String displayed) {
        return NodeErrors.forClient(
                        new ApiException(code, ofNode),
                        List.of(
                                IndexProfile.of(
                                        "movies",
                                        "m7",
                                        "id",
                                        json("{'displayedAttributes':" + displayed + "}"))))
                .text();
    }

    private static String clientError(String message) {
        return NodeErrors.forClient(message, List.of(INDEX));
    }

    private static ObjectNode hits(String hits) {
        return json("{'hits':[" + hits + "],'estimatedTotalHits':2}");
    }

    private static JsonNode names(String... names) {
        var list = Json.array();
        for (String name : names) {
            list.add(name);
        }
        return list;
    }

    private static ObjectNode json(String text) {
        return Json.parseObject(text.replace('\'', '"'));
    }
}
