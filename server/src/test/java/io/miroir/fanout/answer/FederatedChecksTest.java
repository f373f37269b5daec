package io.miroir.fanout.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import io.miroir.api.features.Features;
import io.miroir.api.network.Network;
import io.miroir.api.search.MultiSearchRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Of several faults of a federation that is told which one server finds first. */
class FederatedChecksTest {
    private static final Map<String, IndexProfile> INDEXES =
            Map.of(
                    "a", profile("a", "{\"filterableAttributes\":[\"g\"]}"),
                    "b",
                            profile(
                                    "b",
                                    "{\"filterableAttributes\":[\"g\"],\"faceting\":"
                                            + "{\"sortFacetValuesBy\":{\"*\":\"count\"}}}"));

    private static IndexProfile profile(String uid, String settings) {
        return IndexProfile.of(uid, "m_" + uid, "id", Json.parse(settings));
    }

    private static FederatedChecks checks(String federation, String... queries) {
        String body =
                "{\"federation\":%s,\"queries\":[%s]}"
                        .formatted(federation, String.join(",", queries));
        return new FederatedChecks(
                MultiSearchRequest.fromBody(Json.parse(body)),
                Features.fromJson(Json.parse("{\"network\":true}")),
                () -> Network.NOBODY,
                INDEXES::get);
    }

    private static void assertTold(String words, FederatedChecks checks) {
        String told = assertThrows(ApiException.class, checks::check).text();
        assertTrue(told.startsWith(words), told);
    }

    private static String query(String uid, String more) {
        return "{\"indexUid\":\"" + uid + "\"" + more + "}";
    }

    @Test
    void featuresOfFiltersAreLookedAtBeforeAllElse() {
        String contains = query("a", ",\"filter\":\"g CONTAINS x\"");
        assertTold(
                "Inside `.queries[1]`: Using `CONTAINS`", checks("{}", query("no", ""), contains));
        assertTold(
                "Inside `.queries[1]`: Using `CONTAINS`",
                checks("{}", query("a", ",\"limit\":1"), contains));
        assertTold(
                "Inside `.queries[0]`: Was expecting",
                checks("{}", query("a", ",\"filter\":\"g\""), contains));
    }

    @Test
    void facetsAreCountedWhenTheirIndexIsSearched() {
        String facets = "{\"facetsByIndex\":{\"a\":[\"no\"],\"b\":[\"g\"]}}";
        FederatedChecks both =
                checks(facets, query("a", ""), query("b", ",\"sort\":[\"x:asc\"]"), query("a", ""));
        assertTold("Inside `.queries[0]`: Inside `.federation.facetsByIndex.a`", both);
        assertEquals(List.of(0, 2), both.passed());
        assertEquals(Optional.empty(), both.begun());
        FederatedChecks rules =
                checks(
                        facets,
                        query("a", ",\"sort\":[\"x:asc\"]"),
                        query("a", ",\"sort\":[\"x\"]"));
        assertTold("Inside `.queries[1]`: Invalid syntax for the sort", rules);
        assertEquals(List.of(0), rules.passed());
        assertEquals(Optional.of(1), rules.begun());
    }

    @Test
    void aQueryIsToldByThePositionThatItSaysItHas() {
        String seven = ",\"federationOptions\":{\"queryPosition\":7}";
        assertTold(
                "Inside `.queries[7]`: Index `no` not found.",
                checks("{}", query("a", ""), query("no", seven)));
        assertTold(
                "Inside `.queries[7]`: Inside `.federation",
                checks("{\"facetsByIndex\":{\"a\":[\"no\"]}}", query("a", seven)));
        assertTold(
                "Inside `.queries[1]`: Using pagination",
                checks("{}", query("a", ""), query("a", ",\"limit\":1" + seven)));
        assertTold(
                "Inside `.queries[7]`: Invalid syntax for the sort",
                checks("{}", query("a", ""), query("a", ",\"sort\":[\"x\"]" + seven)));
    }

    /** Only answers of nodes show that there is such a facet in both. */
    @Test
    void whatIsBehindADisputedFacetIsNotSearched() {
        FederatedChecks checks =
                checks(
                        "{\"mergeFacets\":{},\"facetsByIndex\":{\"a\":[\"g\"],\"b\":[\"g\"]}}",
                        query("b", ",\"federationOptions\":{\"queryPosition\":7}"),
                        query("a", ""));
        checks.check();
        assertEquals(List.of(1, 0), checks.passed());
        assertTrue(
                checks.otherOrder("g")
                        .text()
                        .startsWith("Inside `.queries[7]`: Inside `.federation.facetsByIndex.b`"));
        assertEquals(List.of(1), checks.passed());
    }
}
