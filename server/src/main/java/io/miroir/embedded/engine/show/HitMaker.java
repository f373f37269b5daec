package io.miroir.embedded.engine.show;

import io.miroir.api.Json;
import io.miroir.api.search.SearchRequest;
import io.miroir.api.settings.Patterns;
import io.miroir.api.settings.RankingRule;
import io.miroir.embedded.engine.rank.Earth;
import io.miroir.embedded.engine.rank.MatchedWords;
import io.miroir.embedded.engine.rank.Ranked;
import io.miroir.embedded.engine.rank.Scores;
import io.miroir.embedded.engine.settings.IndexSettings;
import io.miroir.embedded.engine.store.Snapshot;
import io.miroir.embedded.engine.store.VectorField;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes hits as clients see them. For one thread and one search. */
public final class HitMaker {
    private static final Pattern GEO_POINT =
            Pattern.compile("_geoPoint\\(\\s*([0-9.\\-]+)\\s*,\\s*([0-9.\\-]+)\\s*\\)");

    private final Snapshot snapshot;
    private final IndexSettings settings;
    private final SearchRequest.Display display;
    private final SearchRequest.Scoring scoring;
    private final double @Nullable [] geoTarget;
    private final @Nullable Set<String> retrieved;
    private final Map<String, TextFormat.Options> formatted;
    private final TextFormat format;
    private final boolean unified;

    /** A maker of hits for a search that matched these words. */
    public HitMaker(Snapshot snapshot, SearchRequest request, MatchedWords matched) {
        this(
                snapshot,
                request.display(),
                request.scoring(),
                geoTarget(request.selection().sort()),
                matched);
    }

    /** A maker of hits; {@code geoTarget} is the place that distances are told to. */
    public HitMaker(
            Snapshot snapshot,
            SearchRequest.Display display,
            SearchRequest.Scoring scoring,
            double @Nullable [] geoTarget,
            MatchedWords matched) {
        this.snapshot = snapshot;
        this.settings = snapshot.settings();
        this.display = display;
        this.scoring = scoring;
        this.geoTarget = geoTarget == null ? null : geoTarget.clone();
        this.retrieved = retrieved(display.attributesToRetrieve());
        this.formatted = formatted(display.format());
        this.format =
                new TextFormat(new TextMatcher(matched, settings.tokenizer()), display.format());
        this.unified =
                settings.rankingRules().contains(RankingRule.Builtin.ATTRIBUTE)
                        && !settings.rankingRules().contains(RankingRule.Builtin.ATTRIBUTE_RANK);
    }

    private static double @Nullable [] geoTarget(@Nullable List<String> sort) {
        if (sort != null) {
            for (String expression : sort) {
                Matcher matcher = GEO_POINT.matcher(expression);
                if (matcher.find()) {
                    return new double[] {
                        Double.parseDouble(matcher.group(1)), Double.parseDouble(matcher.group(2))
                    };
                }
            }
        }
        return null;
    }

    /** The attributes retrieved; null for all. */
    private @Nullable Set<String> retrieved(@Nullable Set<String> asked) {
        List<String> displayed = settings.displayed();
        if (asked == null || asked.contains("*")) {
            return displayed == null ? null : Set.copyOf(displayed);
        }
        Set<String> names = new HashSet<>(asked);
        if (displayed != null) {
            names.retainAll(displayed);
        }
        names.removeIf(name -> name.contains(".") && !isKnown(name));
        return names;
    }

    private Map<String, TextFormat.Options> formatted(SearchRequest.Format asked) {
        Map<String, TextFormat.Options> options = new TreeMap<>();
        Set<String> highlight = asked.highlight();
        if (highlight != null) {
            for (String name : highlight) {
                add(options, name, new TextFormat.Options(true, -1));
            }
        }
        List<String> crop = asked.crop();
        if (crop != null) {
            for (String entry : crop) {
                int colon = entry.lastIndexOf(':');
                String name = colon < 0 ? entry : entry.substring(0, colon);
                int length = cropLength(entry.substring(colon + 1), colon >= 0, asked);
                add(options, name, new TextFormat.Options(false, length));
            }
        }
        return options;
    }

    private static int cropLength(String text, boolean own, SearchRequest.Format asked) {
        int usual = (int) Math.min(Integer.MAX_VALUE, asked.cropLength());
        if (!own) {
            return usual;
        }
        try {
            return Math.max(0, Integer.parseInt(text));
        } catch (NumberFormatException notNumber) {
            return usual;
        }
    }

    private void add(
            Map<String, TextFormat.Options> options, String name, TextFormat.Options option) {
        List<String> displayed = settings.displayed();
        if (name.equals("*")) {
            Collection<String> all = displayed == null ? knownFields() : displayed;
            all.forEach(each -> options.merge(each, option, TextFormat.Options::merge));
            return;
        }
        boolean shown = displayed == null || displayed.contains(name);
        if (shown && isKnown(name)) {
            options.merge(name, option, TextFormat.Options::merge);
        }
    }

    private Collection<String> knownFields() {
        return snapshot.facets().fieldDistribution().keySet();
    }

    private boolean isKnown(String name) {
        return knownFields().contains(name)
                || snapshot.data().paths().stream().anyMatch(path -> Patterns.isWithin(path, name));
    }

    /** The hit for a document that was found. */
    public ObjectNode make(Ranked ranked) {
        ObjectNode stored = snapshot.document(ranked.doc());
        ObjectNode hit =
                retrieved == null ? stored.deepCopy() : Selection.select(stored, retrieved);
        if (display.retrieveVectors() && settings.isNamedDisplayed(VectorField.NAME)) {
            hit.set(VectorField.NAME, stored.path(VectorField.NAME).deepCopy());
            VectorField.show(hit, true, settings);
        } else {
            hit.remove(VectorField.NAME);
        }
        format(stored, hit);
        distance(hit);
        if (scoring.show()) {
            hit.put("_rankingScore", Scores.global(ranked.scores()));
        }
        if (scoring.showDetails()) {
            hit.set("_rankingScoreDetails", Scores.details(ranked.scores(), unified));
        }
        return hit;
    }

    private void format(ObjectNode stored, ObjectNode hit) {
        if (formatted.isEmpty() && !display.showMatchesPosition()) {
            return;
        }
        stored.remove(VectorField.NAME);
        ObjectNode positions = Json.object();
        ObjectNode texts = object(stored, "", List.of(), positions);
        if (!formatted.isEmpty()) {
            ObjectNode shown = formattedFields(texts);
            if (!shown.isEmpty()) {
                hit.set("_formatted", shown);
            }
        }
        if (display.showMatchesPosition()) {
            hit.set("_matchesPosition", positions);
        }
    }

    private ObjectNode formattedFields(ObjectNode texts) {
        if (retrieved == null) {
            return texts;
        }
        Set<String> names = new HashSet<>(retrieved);
        names.addAll(formatted.keySet());
        return Selection.select(texts, names);
    }

    private ObjectNode object(
            JsonNode object, String path, List<Integer> indices, ObjectNode positions) {
        ObjectNode texts = Json.object();
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            String inner = path.isEmpty() ? member.getKey() : path + "." + member.getKey();
            texts.set(member.getKey(), value(member.getValue(), inner, indices, positions));
        }
        return texts;
    }

    private JsonNode value(
            JsonNode value, String path, List<Integer> indices, ObjectNode positions) {
        return switch (value.getNodeType()) {
            case OBJECT -> object(value, path, indices, positions);
            case ARRAY -> {
                ArrayNode texts = Json.array();
                for (int i = 0; i < value.size(); i++) {
                    List<Integer> inner = new ArrayList<>(indices);
                    inner.add(i);
                    texts.add(value(value.get(i), path, inner, positions));
                }
                yield texts;
            }
            case STRING -> text(value.stringValue(), path, indices, positions);
            case NUMBER -> text(value.toString(), path, indices, positions);
            case BOOLEAN, NULL, BINARY, MISSING, POJO -> value;
        };
    }

    private JsonNode text(String text, String path, List<Integer> indices, ObjectNode positions) {
        if (display.showMatchesPosition() && isDisplayed(path)) {
            ArrayNode found = Json.array();
            format.positions(text, indices, found);
            if (!found.isEmpty()) {
                JsonNode before = positions.get(path);
                if (before instanceof ArrayNode array) {
                    array.addAll(found);
                } else {
                    positions.set(path, found);
                }
            }
        }
        TextFormat.Options options = null;
        for (Map.Entry<String, TextFormat.Options> entry : formatted.entrySet()) {
            String name = entry.getKey();
            if (Patterns.isWithin(path, name) || Patterns.isWithin(name, path)) {
                options = options == null ? entry.getValue() : options.merge(entry.getValue());
            }
        }
        String shown = options == null ? text : format.format(text, options);
        return Json.mapper().valueToTree(shown);
    }

    private boolean isDisplayed(String path) {
        return settings.isDisplayed(path);
    }

    private void distance(ObjectNode hit) {
        double[] target = geoTarget;
        if (target == null) {
            return;
        }
        Double latitude = coordinate(hit.path("_geo").path("lat"));
        Double longitude = coordinate(hit.path("_geo").path("lng"));
        if (latitude != null && longitude != null) {
            double meters = Earth.meters(target[0], target[1], latitude, longitude);
            hit.put("_geoDistance", Math.round(meters));
        }
    }

    private static @Nullable Double coordinate(JsonNode node) {
        if (node.isNumber()) {
            return node.doubleValue();
        }
        try {
            return node.isString() ? Double.valueOf(node.stringValue()) : null;
        } catch (NumberFormatException notNumber) {
            return null;
        }
    }
}
