package io.miroir.embedded.engine.find;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.search.FilterFeatures;
import io.miroir.api.settings.FilterableRule;
import io.miroir.core.filter.Filter;
import io.miroir.core.filter.Word;
import io.miroir.core.text.Normalizing;
import io.miroir.embedded.engine.settings.Embedder;
import io.miroir.embedded.engine.settings.IndexSettings;
import io.miroir.embedded.engine.store.Keys;
import io.miroir.embedded.engine.store.NumberColumn;
import io.miroir.embedded.engine.store.Snapshot;
import io.miroir.embedded.engine.store.StringColumn;
import java.util.SortedSet;
import java.util.stream.Collectors;
import org.apache.lucene.util.FixedBitSet;
import org.jspecify.annotations.Nullable;

/** Finds the documents a filter selects. For one thread. */
public final class FilterSearch {
    private final Snapshot snapshot;
    private final IndexSettings settings;
    private final ErrorCode code;
    private final String where;

    /**
     * A search.
     *
     * @param where what messages begin with, like {@code "Index `a`: "}
     */
    public FilterSearch(Snapshot snapshot, ErrorCode code, String where) {
        this.snapshot = snapshot;
        this.settings = snapshot.settings();
        this.code = code;
        this.where = where;
    }

    /**
     * The documents that are selected.
     *
     * @throws ApiException when a field may not be filtered so, or a place is not on the globe
     */
    public FixedBitSet find(Filter filter) {
        checkFields(filter);
        return eval(filter);
    }

    private void checkFields(Filter filter) {
        switch (filter) {
            case Filter.And and -> and.parts().forEach(this::checkFields);
            case Filter.Or or -> or.parts().forEach(this::checkFields);
            case Filter.Not not -> checkFields(not.part());
            case Filter.Compare compare -> checkField(compare.field());
            case Filter.Between between -> checkField(between.field());
            case Filter.In in -> checkField(in.field());
            case Filter.Exists exists -> checkField(exists.field());
            case Filter.IsNull isNull -> checkField(isNull.field());
            case Filter.IsEmpty isEmpty -> checkField(isEmpty.field());
            case Filter.Contains contains -> checkField(contains.field());
            case Filter.StartsWith starts -> checkField(starts.field());
            case Filter.GeoRadius _,
                    Filter.GeoBoundingBox _,
                    Filter.GeoPolygon _,
                    Filter.VectorExists _ -> {}
            case Filter.Foreign _ -> FilterFeatures.refuseForeign(filter, code);
        }
    }

    private void checkField(Word field) {
        if (!settings.isFilterable(field.text())) {
            throw notFilterable(field, field.text());
        }
    }

    private ApiException notFilterable(Word at, String attribute) {
        SortedSet<String> patterns = settings.filterablePatterns();
        String available =
                patterns.isEmpty()
                        ? "This index does not have configured filterable attributes."
                        : patterns.stream()
                                .map(pattern -> "`" + pattern + "`")
                                .collect(
                                        Collectors.joining(
                                                ", ",
                                                "Available filterable attribute patterns are: ",
                                                "."));
        return refused(at, "Attribute `" + attribute + "` is not filterable. " + available);
    }

    private ApiException refused(Word at, String problem) {
        return new ApiException(code, where + at.complain(problem));
    }

    private FixedBitSet eval(Filter filter) {
        return switch (filter) {
            case Filter.And and -> {
                FixedBitSet docs = eval(and.parts().getFirst());
                for (Filter part : and.parts().subList(1, and.parts().size())) {
                    docs.and(eval(part));
                }
                yield docs;
            }
            case Filter.Or or -> {
                FixedBitSet docs = none();
                or.parts().forEach(part -> docs.or(eval(part)));
                yield docs;
            }
            case Filter.Not not -> allBut(eval(not.part()));
            case Filter.Compare compare -> compare(compare);
            case Filter.Between between -> between(between);
            case Filter.In in -> in(in);
            case Filter.Exists exists -> snapshot.marked(Keys.exists(exists.field().text()));
            case Filter.IsNull isNull -> snapshot.marked(Keys.isNull(isNull.field().text()));
            case Filter.IsEmpty isEmpty -> snapshot.marked(Keys.isEmpty(isEmpty.field().text()));
            case Filter.Contains contains -> contains(contains);
            case Filter.StartsWith starts -> startsWith(starts);
            case Filter.GeoRadius radius -> geo().radius(radius);
            case Filter.GeoBoundingBox box -> geo().box(box);
            case Filter.GeoPolygon polygon ->
                    throw notFilterable(polygon.points().getFirst().latitude(), "_geojson");
            case Filter.VectorExists vectors -> vectors(vectors);
            case Filter.Foreign _ -> throw new IllegalStateException("refused before");
        };
    }

    private FixedBitSet none() {
        return new FixedBitSet(Math.max(1, snapshot.maxDoc()));
    }

    private FixedBitSet allBut(FixedBitSet docs) {
        FixedBitSet rest = snapshot.live().clone();
        rest.andNot(docs);
        return rest;
    }

    private GeoFilter geo() {
        return new GeoFilter(snapshot, code, where, at -> notFilterable(at, "_geo/_geojson"));
    }

    private void checkOperator(Word field, String operator, boolean comparison) {
        int index = settings.filterableRule(field.text());
        FilterableRule rule = settings.filterable().get(index);
        if (comparison ? rule.comparison() : rule.equality()) {
            return;
        }
        String name = field.text();
        String allowed =
                rule.equality()
                        ? "OR, AND, NOT, =, !=, IN, IS EMPTY, IS NULL, EXISTS"
                        : "OR, AND, NOT, <, >, <=, >=, TO, IS EMPTY, IS NULL, EXISTS";
        throw new ApiException(
                code,
                where
                        + "Filter operator `"
                        + operator
                        + "` is not allowed for the attribute `"
                        + name
                        + "`.\n  - Note: allowed operators: "
                        + allowed
                        + ".\n  - Note: field `"
                        + name
                        + "` matched rule #"
                        + index
                        + " in `filterableAttributes`\n  - Hint: enable "
                        + (comparison ? "comparison" : "equality")
                        + " in rule #"
                        + index
                        + " by modifying the features.filter object\n  - Hint: prepend another rule"
                        + " matching `"
                        + name
                        + "` with appropriate filter features before rule #"
                        + index);
    }

    private FixedBitSet compare(Filter.Compare compare) {
        Word field = compare.field();
        String sign = compare.operator().sign();
        return switch (compare.operator()) {
            case EQUAL -> {
                checkOperator(field, "=", false);
                FixedBitSet docs = none();
                equal(field.text(), compare.value().text(), docs);
                yield docs;
            }
            case NOT_EQUAL -> {
                checkOperator(field, sign, false);
                FixedBitSet docs = none();
                equal(field.text(), compare.value().text(), docs);
                yield allBut(docs);
            }
            case LESS, LESS_OR_EQUAL, GREATER, GREATER_OR_EQUAL -> {
                checkOperator(field, sign, true);
                yield ordered(compare);
            }
        };
    }

    private FixedBitSet in(Filter.In in) {
        FixedBitSet docs = none();
        if (!in.values().isEmpty()) {
            checkOperator(in.field(), "=", false);
        }
        for (Word value : in.values()) {
            equal(in.field().text(), value.text(), docs);
        }
        return docs;
    }

    private void equal(String path, String value, FixedBitSet docs) {
        snapshot.mark(Keys.string(path, Normalizing.facet(value)), docs);
        Double number = number(value);
        if (number != null) {
            snapshot.mark(Keys.number(path, number), docs);
        }
    }

    /** The finite number a value stands for; null if it is none. */
    private static @Nullable Double number(String text) {
        if (text.isEmpty() || "+-.0123456789".indexOf(text.charAt(0)) < 0) {
            return null;
        }
        char last = text.charAt(text.length() - 1);
        if (last != '.' && (last < '0' || last > '9')) {
            // Java would take a suffix like the one in "1d" for part of the number.
            return null;
        }
        try {
            double number = Double.parseDouble(text);
            return Double.isFinite(number) ? number : null;
        } catch (NumberFormatException notNumber) {
            return null;
        }
    }

    private FixedBitSet ordered(Filter.Compare compare) {
        String path = compare.field().text();
        String text = Keys.cut(Normalizing.facet(compare.value().text()));
        Double number = number(compare.value().text());
        boolean less =
                compare.operator() == Filter.Operator.LESS
                        || compare.operator() == Filter.Operator.LESS_OR_EQUAL;
        boolean in =
                compare.operator() == Filter.Operator.LESS_OR_EQUAL
                        || compare.operator() == Filter.Operator.GREATER_OR_EQUAL;
        FixedBitSet docs = none();
        if (number != null && less) {
            numbers(path).range(-Double.MAX_VALUE, true, number, in, snapshot, docs);
        } else if (number != null) {
            numbers(path).range(number, in, Double.MAX_VALUE, true, snapshot, docs);
        }
        StringColumn strings = snapshot.facets().strings(path);
        int first = strings.ceiling(text);
        int equalGroup = first < strings.size() ? strings.group(first) : first;
        boolean exists = first < strings.size() && strings.reader().normalized(first).equals(text);
        strings.where(
                group -> {
                    if (exists && group == equalGroup) {
                        return in;
                    }
                    return less ? group < first : group >= first;
                },
                docs);
        return docs;
    }

    private NumberColumn numbers(String path) {
        return snapshot.facets().numbers(path);
    }

    private FixedBitSet between(Filter.Between between) {
        checkOperator(between.field(), "TO", true);
        String path = between.field().text();
        Double from = number(between.from().text());
        Double to = number(between.to().text());
        FixedBitSet docs = none();
        if (from != null && to != null) {
            numbers(path).range(from, true, to, true, snapshot, docs);
        }
        StringColumn strings = snapshot.facets().strings(path);
        String low = Keys.cut(Normalizing.facet(between.from().text()));
        String high = Keys.cut(Normalizing.facet(between.to().text()));
        int first = strings.ceiling(low);
        int last = strings.ceiling(high);
        boolean includesLast =
                last < strings.size() && strings.reader().normalized(last).equals(high);
        strings.where(
                group -> group >= first && (group < last || (includesLast && group == last)), docs);
        return docs;
    }

    private FixedBitSet contains(Filter.Contains contains) {
        String wanted = Normalizing.facet(contains.text().text());
        StringColumn strings = snapshot.facets().strings(contains.field().text());
        StringColumn.Reader reader = strings.reader();
        boolean[] found = new boolean[strings.size()];
        for (int ordinal = 0; ordinal < found.length; ordinal++) {
            found[ordinal] =
                    strings.group(ordinal) == ordinal
                            && reader.normalized(ordinal).contains(wanted);
        }
        FixedBitSet docs = none();
        strings.where(group -> found[group], docs);
        return docs;
    }

    private FixedBitSet startsWith(Filter.StartsWith starts) {
        String path = starts.field().text();
        String prefix = Normalizing.facet(starts.prefix().text());
        if (prefix.isEmpty()) {
            return snapshot.marked(Keys.exists(path));
        }
        StringColumn strings = snapshot.facets().strings(path);
        StringColumn.Reader reader = strings.reader();
        int first = strings.ceiling(prefix);
        int end = first;
        while (end < strings.size() && reader.normalized(end).startsWith(prefix)) {
            end++;
        }
        int last = end;
        FixedBitSet docs = none();
        strings.where(group -> group >= first && group < last, docs);
        return docs;
    }

    private FixedBitSet vectors(Filter.VectorExists vectors) {
        FixedBitSet docs = none();
        Word named = vectors.embedder();
        if (named != null && !settings.embedders().containsKey(named.text())) {
            throw refused(named, "The embedder `" + named.text() + "` does not exist.");
        }
        for (Embedder embedder : settings.embedders().values()) {
            boolean wanted = named == null || named.text().equals(embedder.name());
            // Every vector of this node was provided by a user.
            boolean kind =
                    vectors.part() == Filter.VectorPart.ANY
                            || vectors.part() == Filter.VectorPart.USER_PROVIDED;
            if (wanted && kind) {
                snapshot.mark(Keys.hasVectors(embedder.name()), docs);
            }
        }
        return docs;
    }
}
