package io.miroir.embedded.engine.settings;

import io.miroir.api.settings.FilterableRule;
import io.miroir.api.settings.Patterns;
import io.miroir.api.settings.RankingRule;
import io.miroir.core.text.Normalizing;
import io.miroir.core.text.Tokenizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The settings of an index. Immutable. */
public final class IndexSettings {
    private static final int FACETED_PATHS_MAX = 10_000;

    private static final List<RankingRule> DEFAULT_RULES =
            List.of(
                    RankingRule.Builtin.WORDS,
                    RankingRule.Builtin.TYPO,
                    RankingRule.Builtin.PROXIMITY,
                    RankingRule.Builtin.ATTRIBUTE_RANK,
                    RankingRule.Builtin.SORT,
                    RankingRule.Builtin.WORD_POSITION,
                    RankingRule.Builtin.EXACTNESS);

    private final ObjectNode json;
    private final @Nullable List<String> searchable;
    private final @Nullable List<String> displayed;
    private final List<FilterableRule> filterable;
    private final TreeSet<String> sortable;
    private final List<RankingRule> rankingRules;
    private final TypoSettings typo;
    private final Tokenizer tokenizer;
    private final Synonyms synonyms;
    private final Map<String, Boolean> facetsByCount = new HashMap<>();
    private final Map<String, Embedder> embedders = new LinkedHashMap<>();
    private final Set<String> exactlySorted = new HashSet<>();
    private final Map<String, Boolean> facetedByPath = new ConcurrentHashMap<>();

    /** Reads settings that have been validated; what is absent or null has its default. */
    public IndexSettings(ObjectNode json) {
        this.json = json.deepCopy();
        this.searchable = listOrAll("searchableAttributes");
        this.displayed = listOrAll("displayedAttributes");
        this.filterable =
                json.path("filterableAttributes").valueStream().map(FilterableRule::of).toList();
        this.sortable = new TreeSet<>(list("sortableAttributes"));
        List<String> rules = list("rankingRules");
        this.rankingRules =
                json.path("rankingRules").isArray()
                        ? rules.stream().map(RankingRule::of).toList()
                        : DEFAULT_RULES;
        this.tokenizer =
                new Tokenizer(
                        list("separatorTokens"),
                        list("nonSeparatorTokens"),
                        list("dictionary"),
                        list("stopWords"));
        this.typo = typo(json.path("typoTolerance"));
        this.synonyms = new Synonyms(json.path("synonyms"), tokenizer);
        for (RankingRule rule : rankingRules) {
            if (rule instanceof RankingRule.ByField by) {
                exactlySorted.add(by.field());
            }
        }
        String distinct = distinct();
        if (distinct != null) {
            exactlySorted.add(distinct);
        }
        json.path("faceting")
                .path("sortFacetValuesBy")
                .properties()
                .forEach(e -> facetsByCount.put(e.getKey(), isCount(e.getValue())));
        json.path("embedders")
                .properties()
                .forEach(e -> embedders.put(e.getKey(), embedder(e.getKey(), e.getValue())));
    }

    private static boolean isCount(JsonNode order) {
        return order.asString("alpha").equals("count");
    }

    private static Embedder embedder(String name, JsonNode json) {
        return new Embedder(
                name, json.path("source").asString("openAi"), json.path("dimensions").asInt(0));
    }

    private TypoSettings typo(JsonNode json) {
        JsonNode sizes = json.path("minWordSizeForTypos");
        return new TypoSettings(
                json.path("enabled").asBoolean(true),
                sizes.path("oneTypo").asInt(5),
                sizes.path("twoTypos").asInt(9),
                texts(json.path("disableOnWords")).stream()
                        .map(Normalizing::facetSearch)
                        .collect(Collectors.toUnmodifiableSet()),
                texts(json.path("disableOnAttributes")).stream()
                        .collect(Collectors.toUnmodifiableSet()),
                json.path("disableOnNumbers").asBoolean(false));
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(element.stringValue()));
        return List.copyOf(texts);
    }

    private List<String> list(String name) {
        return texts(json.path(name));
    }

    private @Nullable List<String> listOrAll(String name) {
        JsonNode array = json.path(name);
        List<String> names = texts(array);
        return !array.isArray() || names.contains("*") ? null : names;
    }

    /** The settings as they were given. */
    public ObjectNode json() {
        return json.deepCopy();
    }

    /** Whether documents indexed under {@code other} are right under these settings as well. */
    public boolean indexesLike(IndexSettings other) {
        for (String name :
                List.of(
                        "searchableAttributes",
                        "filterableAttributes",
                        "sortableAttributes",
                        "distinctAttribute",
                        "rankingRules",
                        "stopWords",
                        "separatorTokens",
                        "nonSeparatorTokens",
                        "dictionary",
                        "embedders")) {
            if (!json.path(name).equals(other.json.path(name))) {
                return false;
            }
        }
        return typo.exactAttributes().equals(other.typo.exactAttributes());
    }

    /** Whether documents that are right under {@code other} may be wrong under these settings. */
    public boolean demandsMoreThan(IndexSettings other) {
        return (isGeo() && !other.isGeo())
                || !json.path("embedders").equals(other.json.path("embedders"));
    }

    /** Searchable attributes, most important first; null for all alike. */
    public @Nullable List<String> searchable() {
        return searchable;
    }

    /** Displayed attributes; null for all. */
    public @Nullable List<String> displayed() {
        return displayed;
    }

    /** Whether a path is shown to clients. */
    public boolean isDisplayed(String path) {
        return displayed == null || Patterns.isWithinAny(path, displayed);
    }

    /** Whether an attribute is named among the displayed ones (or all are). */
    public boolean isNamedDisplayed(String attribute) {
        return displayed == null || displayed.contains(attribute);
    }

    /**
     * The weight of a path in searches: 0 is best; -1 when it is not searched.
     *
     * @param path a leaf's path
     */
    public int weight(String path) {
        if (searchable == null) {
            return Patterns.isWithin(path, "_vectors") ? -1 : 0;
        }
        for (int i = 0; i < searchable.size(); i++) {
            if (Patterns.isWithin(path, searchable.get(i))) {
                return i;
            }
        }
        return -1;
    }

    /** The greatest weight any path can have. */
    public int weightMax() {
        return searchable == null ? 0 : Math.max(0, searchable.size() - 1);
    }

    /** Entries of filterableAttributes. */
    public List<FilterableRule> filterable() {
        return filterable;
    }

    /** Index of the entry that decides about a path; -1 for none. */
    public int filterableRule(String path) {
        return FilterableRule.deciding(filterable, path);
    }

    /** Whether filters may name a path. */
    public boolean isFilterable(String path) {
        int rule = filterableRule(path);
        return rule >= 0 && filterable.get(rule).filterable();
    }

    /** Patterns under which filters may name paths, sorted. */
    public SortedSet<String> filterablePatterns() {
        return filterable.stream()
                .filter(FilterableRule::filterable)
                .flatMap(rule -> rule.patterns().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Patterns of paths whose values may be searched, sorted. */
    public SortedSet<String> facetSearchPatterns() {
        return filterable.stream()
                .filter(FilterableRule::facetSearch)
                .flatMap(rule -> rule.patterns().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Sortable attributes, sorted. */
    public SortedSet<String> sortable() {
        return sortable;
    }

    /** Whether documents are found or sorted by their place. */
    public boolean isGeo() {
        return sortable.contains("_geo")
                || filterable.stream()
                        .anyMatch(rule -> rule.plain() && rule.patterns().contains("_geo"));
    }

    /** Whether values of a path must be kept for filters, sorts or distinct. */
    public boolean isFaceted(String path) {
        // Documents have the same few paths: what was found for one holds for the next.
        return facetedByPath.size() > FACETED_PATHS_MAX
                ? findFaceted(path)
                : facetedByPath.computeIfAbsent(path, this::findFaceted);
    }

    private boolean findFaceted(String path) {
        for (FilterableRule rule : filterable) {
            if (rule.match(path) == Patterns.Match.FULL) {
                return rule.filterable() || rule.facetSearch() || isSorted(path);
            }
        }
        return isSorted(path);
    }

    private boolean isSorted(String path) {
        return Patterns.isWithinAny(path, sortable) || exactlySorted.contains(path);
    }

    /** Paths that are sorted by, by clients, by ranking rules or to find equal ones. */
    public Set<String> sortedPaths() {
        Set<String> paths = new HashSet<>(sortable);
        paths.addAll(exactlySorted);
        return paths;
    }

    /** Ranking rules, first one first. */
    public List<RankingRule> rankingRules() {
        return rankingRules;
    }

    /** Typo tolerance. */
    public TypoSettings typo() {
        return typo;
    }

    /** The tokenizer, with stop words. */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** Synonyms. */
    public Synonyms synonyms() {
        return synonyms;
    }

    /** The attribute of which each value is shown once; null for none. */
    public @Nullable String distinct() {
        JsonNode distinct = json.path("distinctAttribute");
        return distinct.isString() ? distinct.stringValue() : null;
    }

    /** Values shown of a facet at most. */
    public int maxValuesPerFacet() {
        return json.path("faceting").path("maxValuesPerFacet").asInt(100);
    }

    /** Whether a facet's values are shown most frequent first. */
    public boolean isFacetByCount(String facet) {
        Boolean own = facetsByCount.get(facet);
        return own == null ? facetsByCount.getOrDefault("*", false) : own;
    }

    /** Hits that can be reached by paging. */
    public long maxTotalHits() {
        return json.path("pagination").path("maxTotalHits").asLong(1000);
    }

    /** Whether the last word of a query stands for all words it begins. */
    public boolean isPrefixSearch() {
        return !json.path("prefixSearch").asString("indexingTime").equals("disabled");
    }

    /** Whether distances between words are known, not only the attributes they stand in. */
    public boolean isProximityByWord() {
        return !json.path("proximityPrecision").asString("byWord").equals("byAttribute");
    }

    /** Whether facet values may be searched. */
    public boolean isFacetSearch() {
        return json.path("facetSearch").asBoolean(true);
    }

    /** Embedders by name. */
    public Map<String, Embedder> embedders() {
        return embedders;
    }
}
