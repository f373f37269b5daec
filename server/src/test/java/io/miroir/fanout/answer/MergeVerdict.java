package io.miroir.fanout.answer;

import io.miroir.api.Json;
import io.miroir.core.merge.FacetText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Compares a replayed case with what the whole node answered, as far as its class demands. */
final class MergeVerdict {
    private static final List<String> TOTALS =
            List.of(
                    "query",
                    "limit",
                    "offset",
                    "estimatedTotalHits",
                    "hitsPerPage",
                    "page",
                    "totalPages",
                    "totalHits",
                    "id",
                    "indexUid");

    private final MergeFixture fixture;
    private final JsonNode expected;
    private final JsonNode actual;
    private final List<List<String>> idsOfPages;
    private final List<String> faults = new ArrayList<>();

    private MergeVerdict(MergeFixture fixture, MergeReplay.Replayed replayed) {
        this.fixture = fixture;
        this.expected = bare(fixture.expected());
        this.idsOfPages = new ArrayList<>();
        for (JsonNode page : pages(replayed.answer())) {
            List<String> ids = new ArrayList<>();
            page.path("hits").forEach(hit -> ids.add(replayed.ids().getOrDefault(hit, "?")));
            idsOfPages.add(ids);
        }
        this.actual = bare(replayed.answer());
    }

    /** What is wrong; empty if the case passes. */
    static List<String> faults(MergeFixture fixture, MergeReplay.Replayed replayed) {
        MergeVerdict verdict = new MergeVerdict(fixture, replayed);
        switch (fixture.verdict()) {
            case "exact" -> verdict.demand("answer", verdict.expected, verdict.actual);
            case "exact-up-to-ties" -> verdict.upToTies();
            case "approximate" -> verdict.exactAspects();
            default -> throw new IllegalStateException("class of " + fixture.id());
        }
        return verdict.faults;
    }

    /** True if the answer is that of the whole node, key order aside. */
    static boolean isEqual(MergeFixture fixture, MergeReplay.Replayed replayed) {
        return bare(fixture.expected()).equals(bare(replayed.answer()));
    }

    /** True if the pages of hits are those of the whole node, key order aside. */
    static boolean hasEqualHits(MergeFixture fixture, MergeReplay.Replayed replayed) {
        MergeVerdict verdict = new MergeVerdict(fixture, replayed);
        verdict.eachPage(verdict::demandHits);
        return verdict.faults.isEmpty();
    }

    private void upToTies() {
        if (fixture.equalByInsertion()) {
            eachPage(this::demandHits);
        } else if (!fixture.kind().equals("facet-search")) {
            eachPage(this::demandHitsOfTheSameTies);
        }
        eachPage(this::demandTotals);
        eachPage((e, a, _) -> demandFacets(e, a));
    }

    private void exactAspects() {
        if (fixture.aspect("hits").equals("exact")) {
            eachPage(this::demandHits);
        }
        if (fixture.aspect("total").equals("exact")) {
            eachPage(this::demandTotals);
        }
        if (fixture.aspect("facets").startsWith("exact")) {
            eachPage((e, a, _) -> demandFacets(e, a));
        }
        if (fixture.aspect("facetStats").equals("exact")) {
            eachPage((e, a, _) -> demand("stats", e.path("facetStats"), a.path("facetStats")));
        }
        if (fixture.aspect("semanticHitCount").equals("exact")) {
            demand(
                    "semanticHitCount",
                    expected.path("semanticHitCount"),
                    actual.path("semanticHitCount"));
        }
    }

    private interface PageCheck {
        void check(JsonNode expected, JsonNode actual, int page);
    }

    private void eachPage(PageCheck check) {
        List<JsonNode> expectedPages = pages(expected);
        List<JsonNode> actualPages = pages(actual);
        for (int i = 0; i < expectedPages.size(); i++) {
            check.check(expectedPages.get(i), actualPages.get(i), i);
        }
    }

    private void demandHits(JsonNode expectedPage, JsonNode actualPage, int page) {
        demand("hits", expectedPage.path("hits"), actualPage.path("hits"));
    }

    private void demandTotals(JsonNode expectedPage, JsonNode actualPage, int page) {
        for (String field : TOTALS) {
            demand(field, expectedPage.path(field), actualPage.path(field));
        }
    }

    /** At each place the whole node's hit, or another of the group of ties that it belongs to. */
    private void demandHitsOfTheSameTies(JsonNode expectedPage, JsonNode actualPage, int page) {
        JsonNode expectedHits = expectedPage.path("hits");
        JsonNode actualHits = actualPage.path("hits");
        demand(
                "size",
                Json.object().put("n", expectedHits.size()),
                Json.object().put("n", actualHits.size()));
        List<String> ids = idsOfPages.get(page);
        if (new HashSet<>(ids).size() != ids.size()) {
            faults.add("an id is twice on the page");
        }
        List<Set<String>> groups = groups(page);
        for (int i = 0; i < Math.min(expectedHits.size(), actualHits.size()); i++) {
            if (expectedHits.path(i).equals(actualHits.path(i))) {
                continue;
            }
            String id = ids.get(i);
            JsonNode shown = expectedHits.path(i).path("id");
            if (groups.stream()
                    .noneMatch(
                            g ->
                                    g.contains(id)
                                            && (shown.isMissingNode() || g.contains(key(shown))))) {
                faults.add("hit " + i + ": " + id + " is not tied with " + expectedHits.path(i));
            }
        }
    }

    private List<Set<String>> groups(int page) {
        JsonNode ties = fixture.json().path("ties");
        List<Set<String>> groups = new ArrayList<>();
        for (JsonNode group : fixture.kind().equals("multi-search") ? ties.path(page) : ties) {
            Set<String> ids = new HashSet<>();
            group.forEach(
                    id ->
                            ids.add(
                                    id.isArray()
                                            ? key(id.path(0)) + "/" + key(id.path(1))
                                            : key(id)));
            groups.add(ids);
        }
        return groups;
    }

    private void demandFacets(JsonNode expectedPage, JsonNode actualPage) {
        boolean spelling = fixture.aspect("facets").equals("exact-up-to-spelling");
        for (String field : List.of("facetDistribution", "facetsByIndex", "facetHits")) {
            JsonNode e = expectedPage.path(field);
            JsonNode a = actualPage.path(field);
            demand(field, spelling ? respelled(e) : e, spelling ? respelled(a) : a);
        }
    }

    private void demand(String what, JsonNode wanted, JsonNode got) {
        if (!wanted.equals(got)) {
            faults.add(what + ":\n    wanted " + cut(wanted) + "\n    got    " + cut(got));
        }
    }

    /** Facet values in their normalised spelling. */
    private static JsonNode respelled(JsonNode facets) {
        if (facets.isArray()) {
            List<String> hits = new ArrayList<>();
            facets.forEach(
                    h ->
                            hits.add(
                                    FacetText.normalize(h.path("value").asString())
                                            + h.path("count")));
            return Json.object().put("hits", hits.toString());
        }
        if (!facets.isObject()) {
            return facets;
        }
        Map<String, JsonNode> sorted = new TreeMap<>();
        facets.properties()
                .forEach(
                        e ->
                                sorted.merge(
                                        FacetText.normalize(e.getKey()),
                                        respelled(e.getValue()),
                                        (a, b) -> Json.object().numberNode(a.asInt() + b.asInt())));
        ObjectNode respelled = Json.object();
        sorted.forEach(respelled::set);
        return respelled;
    }

    private static List<JsonNode> pages(JsonNode answer) {
        return answer.path("results").isArray()
                ? answer.path("results").valueStream().toList()
                : List.of(answer);
    }

    /** Read anew, so that numbers of different Java types are equal; without what was not kept. */
    private static JsonNode bare(JsonNode answer) {
        JsonNode read = Json.parse(Json.text(answer));
        for (JsonNode page : pages(read)) {
            ((ObjectNode) page).remove(List.of("processingTimeMs", "requestUid"));
        }
        ((ObjectNode) read).remove(List.of("processingTimeMs", "requestUid"));
        return read;
    }

    private static String key(JsonNode id) {
        return id.asString();
    }

    private static String cut(JsonNode node) {
        String text = node.toString();
        return text.length() > 600 ? text.substring(0, 600) + "…" : text;
    }
}
