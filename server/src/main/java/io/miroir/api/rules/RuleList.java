package io.miroir.api.rules;

import io.miroir.api.Json;
import io.miroir.api.Timestamps;
import io.miroir.api.documents.PrimaryKey;
import io.miroir.core.rules.Pin;
import io.miroir.core.rules.Rule;
import io.miroir.core.rules.RuleBook;
import io.miroir.core.text.QueryParts;
import io.miroir.core.text.Tokenizer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The dynamic search rules of clients. Each has a place: a new one takes the first that is free, as
 * documents do in an index of Meilisearch, and so the rules are listed in the order in which they
 * were made. Immutable.
 */
public final class RuleList {
    /** The index of rules that a Meilisearch has, and that tasks and dumps speak of. */
    public static final String INDEX = ".meili_dsr";

    /** Rules that there may be: of more that hold at once the rest would be passed over. */
    public static final int RULES_MAX = RuleBook.HOLDING_MAX;

    /** All rules together, as they are stored: a change writes them all. */
    public static final int BYTES_MAX = 1 << 20;

    /** No rules. */
    public static final RuleList EMPTY = new RuleList(Json.array());

    private static final String PLACES = "rules";
    private static final Tokenizer TOKENIZER =
            new Tokenizer(List.of(), List.of(), List.of(), List.of());

    private final ArrayNode places;

    private RuleList(ArrayNode places) {
        this.places = places;
    }

    /** From the store. */
    public static RuleList parse(String stored) {
        return Json.parseObject(stored).path(PLACES) instanceof ArrayNode places
                ? new RuleList(places)
                : EMPTY;
    }

    /** For the store. */
    public String stored() {
        ObjectNode object = Json.object();
        object.set(PLACES, places);
        return Json.text(object);
    }

    /** How many there are. */
    public int size() {
        return (int) rules().count();
    }

    /** How many bytes they have as they are stored. */
    public int bytes() {
        return Json.bytes(places).length;
    }

    /** All of them as clients see them, in the order in which they are listed. */
    public List<JsonNode> all() {
        return rules().toList();
    }

    /** Whether it is larger than one may be. */
    public boolean isTooLarge() {
        return size() > RULES_MAX || bytes() > BYTES_MAX;
    }

    /** A rule as clients see it. */
    public Optional<JsonNode> find(String uid) {
        return rules().filter(rule -> uid(rule).equals(uid)).findFirst();
    }

    /**
     * The list after a change of a rule, which is made if there is none of that uid.
     *
     * @param change a valid body
     */
    public RuleList changed(String uid, JsonNode change) {
        int place = 0;
        int free = places.size();
        for (; place < places.size(); place++) {
            if (uid(places.path(place)).equals(uid)) {
                break;
            }
            free = places.path(place).isNull() ? Math.min(free, place) : free;
        }
        ObjectNode changed = changed(uid, places.path(place), RuleChange.of(change));
        ArrayNode next = places.deepCopy();
        if (place < places.size()) {
            next.set(place, changed);
        } else if (free < places.size()) {
            next.set(free, changed);
        } else {
            next.add(changed);
        }
        return new RuleList(next);
    }

    /** The list without a rule. */
    public RuleList without(String uid) {
        ArrayNode next = Json.array();
        for (JsonNode rule : places) {
            if (uid(rule).equals(uid)) {
                next.addNull();
            } else {
                next.add(rule);
            }
        }
        while (!next.isEmpty() && next.get(next.size() - 1).isNull()) {
            next.remove(next.size() - 1);
        }
        return new RuleList(next);
    }

    /** What a task tells of the change. */
    public static ObjectNode told(JsonNode change) {
        return RuleChange.of(change);
    }

    /**
     * A page.
     *
     * @param request valid already
     */
    public ObjectNode page(JsonNode request) {
        long offset = request.path("offset").asLong(0);
        long limit = request.path("limit").asLong(20);
        JsonNode filter = request.path("filter");
        JsonNode active = filter.path(RuleChange.ACTIVE);
        List<JsonNode> found =
                searched(filter.path("query").asString("")).stream()
                        .filter(
                                rule ->
                                        !active.isBoolean()
                                                || isActive(rule) == active.booleanValue())
                        .toList();
        ObjectNode page = Json.object();
        ArrayNode results = page.putArray("results");
        found.stream().skip(offset).limit(limit).forEach(results::add);
        return page.put("offset", offset).put("limit", limit).put("total", found.size());
    }

    /** Those with the first word at least; those with more of the words go first. */
    private List<JsonNode> searched(String text) {
        QueryParts query = QueryParts.of(TOKENIZER, text);
        record Found(JsonNode rule, int terms) {}
        return rules().map(rule -> new Found(rule, matched(query, rule)))
                .filter(found -> found.terms >= 0)
                .sorted(Comparator.comparingInt(Found::terms).reversed())
                .map(Found::rule)
                .toList();
    }

    /** How many terms, from the first on, a rule has; negative if it is not found. */
    private static int matched(QueryParts query, JsonNode rule) {
        Set<String> words = new HashSet<>(TOKENIZER.words(words(rule)));
        words.addAll(TOKENIZER.words(rule.path(RuleChange.DESCRIPTION).asString("")));
        int matched = 0;
        for (QueryParts.Part term : query.terms()) {
            boolean has =
                    switch (term) {
                        case QueryParts.Part.Word word -> words.contains(word.text());
                        case QueryParts.Part.Phrase phrase -> words.containsAll(phrase.words());
                    };
            if (!has) {
                break;
            }
            matched++;
        }
        boolean found = matched > 0 || query.terms().isEmpty();
        return found && query.negativeWords().stream().noneMatch(words::contains) ? matched : -1;
    }

    /** The rules as searches go by them. */
    public RuleBook book() {
        return new RuleBook(rules().map(RuleList::rule).toList());
    }

    private static Rule rule(JsonNode json) {
        JsonNode precedence = json.path(RuleChange.PRECEDENCE);
        JsonNode conditions = json.path(RuleChange.CONDITIONS);
        JsonNode time = conditions.path(RuleChange.TIME);
        JsonNode query = conditions.path(RuleChange.QUERY);
        List<Rule.Action> actions = new ArrayList<>();
        for (JsonNode action : json.path(RuleChange.ACTIONS)) {
            JsonNode selector = action.path("selector");
            String id = selector.path("id").asString("");
            if (PrimaryKey.isId(id)) {
                actions.add(
                        new Rule.Action(
                                selector.path("indexUid").asString(null),
                                new Pin(id, action.path("action").path("position").asLong())));
            }
        }
        return new Rule(
                precedence.isNumber() ? precedence.asLong() : null,
                isActive(json),
                new Rule.Times(instant(time.path("start")), instant(time.path("end"))),
                query.path("isEmpty").isBoolean() ? query.path("isEmpty").booleanValue() : null,
                query.path("words").isString() ? TOKENIZER.words(words(json)) : null,
                actions);
    }

    private static @Nullable Instant instant(JsonNode date) {
        return Timestamps.parseRfc3339(date.asString(""))
                .map(OffsetDateTime::toInstant)
                .orElse(null);
    }

    private static ObjectNode changed(String uid, JsonNode before, ObjectNode change) {
        ObjectNode rule = Json.object().put(RuleChange.UID, uid);
        for (String field : List.of(RuleChange.DESCRIPTION, RuleChange.PRECEDENCE)) {
            JsonNode value = of(field, change, before);
            if (!value.isNull() && !value.isMissingNode()) {
                rule.set(field, value);
            }
        }
        JsonNode active = of(RuleChange.ACTIVE, change, before);
        rule.put(RuleChange.ACTIVE, active.asBoolean(true));
        JsonNode conditions = of(RuleChange.CONDITIONS, change, before);
        rule.set(RuleChange.CONDITIONS, conditions.isObject() ? conditions : Json.object());
        JsonNode actions = of(RuleChange.ACTIONS, change, before);
        rule.set(RuleChange.ACTIONS, actions.isArray() ? actions : Json.array());
        return rule;
    }

    private static JsonNode of(String field, ObjectNode change, JsonNode before) {
        return change.has(field) ? change.path(field) : before.path(field);
    }

    private Stream<JsonNode> rules() {
        return places.valueStream().filter(JsonNode::isObject);
    }

    private static boolean isActive(JsonNode rule) {
        return rule.path(RuleChange.ACTIVE).asBoolean(true);
    }

    private static String words(JsonNode rule) {
        return rule.path(RuleChange.CONDITIONS).path(RuleChange.QUERY).path("words").asString("");
    }

    private static String uid(JsonNode rule) {
        return rule.path(RuleChange.UID).asString("");
    }
}
