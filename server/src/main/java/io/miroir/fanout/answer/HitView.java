package io.miroir.fanout.answer;

import io.miroir.api.JsonText;
import io.miroir.api.settings.Patterns;
import io.miroir.core.routing.Separators;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * The difference between the hits that a client asks for and those that are asked of nodes: what is
 * added so that they can be merged, and how it is taken away again.
 *
 * <p>Nodes display every attribute, because they hide the values of sorts that they don't display,
 * and a distinct attribute need not be displayed. So what the client may not see is cut here.
 */
final class HitView {
    private static final String RETRIEVE = "attributesToRetrieve";
    private static final String HIGHLIGHT = "attributesToHighlight";
    private static final String CROP = "attributesToCrop";
    private static final String FORMATTED = "_formatted";
    private static final String MATCHES = "_matchesPosition";
    private static final String VECTORS = "_vectors";
    private static final Set<String> BESIDE_THE_DOCUMENT =
            Set.of(
                    ScoreDetails.SCORE_FIELD,
                    ScoreDetails.FIELD,
                    FederatedCall.HIT_FEDERATION,
                    MATCHES,
                    VECTORS,
                    "_geoDistance");

    private final IndexProfile index;
    private final boolean showScore;
    private final boolean showDetails;
    private final @Nullable List<String> retrieve;
    private final List<String> added;
    private final List<String> addedInFormatted;
    private final boolean lacksCounted;
    private final boolean formats;

    private HitView(
            IndexProfile index,
            ObjectNode client,
            @Nullable List<String> retrieve,
            List<String> added,
            boolean lacksCounted) {
        this.lacksCounted = lacksCounted;
        this.index = index;
        this.showScore = client.path("showRankingScore").asBoolean(false);
        this.showDetails = client.path("showRankingScoreDetails").asBoolean(false);
        this.retrieve = retrieve;
        this.added = added;
        List<String> formatted = formatted(client, index);
        this.formats = !formatted.isEmpty();
        this.addedInFormatted =
                added.stream().filter(a -> !Attributes.covers(formatted, a)).toList();
    }

    /** What the client wants formatted, of what it may see. */
    private static List<String> formatted(ObjectNode client, IndexProfile index) {
        List<String> displayed = index.displayed();
        List<String> formatted = new ArrayList<>();
        Stream.concat(
                        Attributes.names(client.path(HIGHLIGHT)).stream(),
                        Attributes.names(client.path(CROP)).stream().map(HitView::cropped))
                .forEach(
                        name -> {
                            if (displayed != null && name.equals("*")) {
                                formatted.addAll(displayed);
                            } else if (index.displaysNamed(name)) {
                                formatted.add(name);
                            }
                        });
        return formatted;
    }

    /**
     * The view of one query.
     *
     * @param client the query
     * @param needed attributes that the merge reads from hits
     */
    static HitView of(ObjectNode client, IndexProfile index, List<String> needed) {
        return of(client, index, needed, List.of());
    }

    /**
     * The view of one query whose hits are counted here.
     *
     * @param counted attributes that are read as well, as far as they can be taken away again
     */
    static HitView of(
            ObjectNode client, IndexProfile index, List<String> needed, List<String> counted) {
        JsonNode asked = client.path(RETRIEVE);
        List<String> names = asked.isArray() ? Attributes.names(asked) : List.of("*");
        List<String> retrieve = null;
        if (!names.contains("*")) {
            retrieve = names.stream().filter(index::displaysNamed).toList();
        } else if (index.displayed() != null) {
            retrieve = index.displayed();
        }
        List<String> added = new ArrayList<>();
        boolean lacksCounted = false;
        if (retrieve != null) {
            for (String attribute : needed) {
                if (!Attributes.covers(retrieve, attribute) && !added.contains(attribute)) {
                    added.add(attribute);
                }
            }
            for (String attribute : counted) {
                // With what is around something that is shown, that would be taken away too.
                boolean around =
                        attribute.equals("*")
                                || Stream.concat(retrieve.stream(), added.stream())
                                        .anyMatch(shown -> Patterns.isWithin(shown, attribute));
                if (Attributes.covers(retrieve, attribute) || added.contains(attribute)) {
                    continue;
                }
                if (around) {
                    lacksCounted = true;
                } else {
                    added.add(attribute);
                }
            }
        }
        return new HitView(index, client, retrieve, List.copyOf(added), lacksCounted);
    }

    /** Whether hits don't show all that is to be counted by them. */
    boolean lacksCounted() {
        return lacksCounted;
    }

    /** Changes a copy of the client's query to what a node is asked for its hits. */
    void writeNodeRequest(ObjectNode request) {
        request.put("showRankingScore", true).put("showRankingScoreDetails", true);
        if (retrieve != null) {
            ArrayNode attributes = request.putArray(RETRIEVE);
            retrieve.forEach(attributes::add);
            added.forEach(attributes::add);
        }
        if (index.displayed() != null) {
            restrict(request, HIGHLIGHT);
            restrict(request, CROP);
        }
    }

    /** Whether the client wants hits formatted by what it may see. */
    boolean formats() {
        return formats;
    }

    /** Asks of any document to be formatted as the client's hits are. */
    void writeFormatRequest(ObjectNode client, ObjectNode request) {
        request.putArray(RETRIEVE).add(Separators.SEQ_FIELD);
        for (String field : List.of(HIGHLIGHT, CROP)) {
            if (client.get(field) instanceof ArrayNode names) {
                request.set(field, names);
                restrict(request, field);
            }
        }
    }

    /**
     * Whether one of the hits is formatted. Then one server, which knows the attributes of all,
     * formats them all; a node that has no document with such an attribute formats none.
     */
    static boolean isAnyFormatted(JsonNode hits) {
        return hits.valueStream().anyMatch(hit -> hit.has(FORMATTED));
    }

    /**
     * Changes a node's hit to what the client sees.
     *
     * @param formatted whether hits are, though this one's node may not have done it
     */
    void show(ObjectNode hit, boolean formatted) {
        if (formatted && !hit.has(FORMATTED)) {
            hit.set(FORMATTED, withNothingToMark(hit));
        }
        if (!showScore) {
            hit.remove(ScoreDetails.SCORE_FIELD);
        }
        if (!showDetails) {
            hit.remove(ScoreDetails.FIELD);
        } else if (hit.get(ScoreDetails.FIELD) instanceof ObjectNode details) {
            ScoreDetails.show(details, index);
        }
        ReservedFields.strip(hit);
        if (retrieve != null) {
            added.forEach(attribute -> Attributes.removeBeyond(retrieve, hit, attribute));
        }
        if (hit.get(FORMATTED) instanceof ObjectNode form) {
            ReservedFields.strip(form);
            addedInFormatted.forEach(attribute -> Attributes.remove(form, attribute));
            if (form.isEmpty()) {
                hit.remove(FORMATTED);
            }
        }
        if (hit.get(MATCHES) instanceof ObjectNode matches) {
            for (String attribute : List.copyOf(matches.propertyNames())) {
                if (Separators.isReserved(attribute) || !index.displays(attribute)) {
                    matches.remove(attribute);
                }
            }
        }
        if (!index.displays(VECTORS)) {
            hit.remove(VECTORS);
        }
    }

    /** A document as it is formatted where none of it is marked or cropped: numbers as texts. */
    private static ObjectNode withNothingToMark(ObjectNode hit) {
        ObjectNode form = hit.objectNode();
        hit.properties().stream()
                .filter(field -> !BESIDE_THE_DOCUMENT.contains(field.getKey()))
                .forEach(field -> form.set(field.getKey(), withNumbersAsTexts(field.getValue())));
        return form;
    }

    private static JsonNode withNumbersAsTexts(JsonNode value) {
        return switch (value) {
            case ObjectNode object -> {
                ObjectNode texts = object.objectNode();
                object.properties()
                        .forEach(f -> texts.set(f.getKey(), withNumbersAsTexts(f.getValue())));
                yield texts;
            }
            case ArrayNode array -> {
                ArrayNode texts = array.arrayNode();
                array.forEach(element -> texts.add(withNumbersAsTexts(element)));
                yield texts;
            }
            default -> value.isNumber() ? new StringNode(JsonText.of(value)) : value;
        };
    }

    /** A star would also format what the client may not see. */
    private void restrict(ObjectNode request, String field) {
        if (!(request.get(field) instanceof ArrayNode asked) || index.displayed() == null) {
            return;
        }
        ArrayNode allowed = request.putArray(field);
        for (String name : Attributes.names(asked)) {
            String attribute = cropped(name);
            if (attribute.equals("*")) {
                String length = name.substring(1);
                index.displayed().forEach(displayed -> allowed.add(displayed + length));
            } else if (index.displaysNamed(attribute)) {
                allowed.add(name);
            }
        }
    }

    /** The attribute of {@code attribute:length}. */
    private static String cropped(String crop) {
        int colon = crop.lastIndexOf(':');
        return colon < 0 ? crop : crop.substring(0, colon);
    }

    /** The values of a hit that only one hit may have. */
    static List<JsonNode> values(JsonNode hit, String attribute) {
        List<JsonNode> values = new ArrayList<>();
        Attributes.collect(hit, attribute, values);
        return values;
    }

    /** The primary key of a hit as text; empty if it has none. */
    static String id(JsonNode hit, String primaryKey) {
        List<JsonNode> values = values(hit, primaryKey);
        return values.isEmpty() ? "" : values.getFirst().asString("");
    }
}
