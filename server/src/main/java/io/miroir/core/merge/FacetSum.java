package io.miroir.core.merge;

import io.miroir.core.text.Normalizing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.ToLongFunction;

/**
 * Sums the counts of one facet over nodes. Values that differ only in spelling are one value and
 * are shown as the first node that has them spells them; the cut comes after the sum.
 */
public final class FacetSum {
    /** How the values of a facet are ordered, and so which of them a cut keeps. */
    public enum Order {
        /** By value: numbers, then texts. */
        ALPHA,
        /** By count, largest first, then by value, last first. */
        COUNT
    }

    /**
     * Up to this many candidates one node collects values from the documents and orders numbers as
     * texts; above it reads them from its sorted database, in the order of numbers.
     */
    private static final long CANDIDATES_FOR_TEXT_ORDER_MAX = 3_000;

    private static final Comparator<Value> TEXT =
            Comparator.comparing(v -> v.normal, Utf8Order.ASCENDING);
    private static final Comparator<Value> NUMBER = Comparator.comparingDouble(v -> v.number);
    private static final Comparator<Value> FOLDED =
            Comparator.comparing(v -> Normalizing.facetSearch(v.normal), Utf8Order.ASCENDING);

    private final Map<String, Value> values = new HashMap<>();

    private static final class Value {
        private final String shown;
        private final String normal;
        private double number = Double.NaN;
        private long numbers;
        private long texts;

        Value(String shown, String normal) {
            this.shown = shown;
            this.normal = normal;
        }

        long count() {
            return texts > 0 ? texts : numbers;
        }
    }

    /** Adds one node's count of a text. */
    public void add(String text, long count) {
        value(text).texts += count;
    }

    /** Adds one node's count of a number, as nodes spell it. */
    public void addNumber(String number, long count) {
        Value value = value(number);
        value.number = Double.parseDouble(number);
        value.numbers += count;
    }

    /** Takes off what nodes counted of a document with this value, however that is spelled. */
    public void takeOff(String shown) {
        values.computeIfPresent(
                FacetText.normalize(shown),
                (_, value) -> {
                    if (value.texts > 0) {
                        value.texts--;
                    } else {
                        value.numbers--;
                    }
                    return value.count() > 0 ? value : null;
                });
    }

    private Value value(String shown) {
        String normal = FacetText.normalize(shown);
        return values.computeIfAbsent(normal, _ -> new Value(shown, normal));
    }

    /** How many different values were added. */
    public int size() {
        return values.size();
    }

    /**
     * The sums in order, numbers first; a text that is spelled as one of them takes its count.
     * Where numbers from the sorted database have filled the room, one server does not notice, and
     * shows all texts behind them.
     *
     * @param candidates how many documents match on all nodes together
     * @param valuesMax how many values to keep
     */
    public Map<String, Long> result(Order order, long candidates, int valuesMax) {
        boolean fromDatabase = order == Order.COUNT || candidates > CANDIDATES_FOR_TEXT_ORDER_MAX;
        Map<String, Long> shown = new LinkedHashMap<>();
        fill(
                value -> value.numbers,
                order,
                fromDatabase ? NUMBER : TEXT,
                fromDatabase,
                valuesMax,
                shown);
        fill(value -> value.texts, order, TEXT, fromDatabase, valuesMax, shown);
        return shown;
    }

    private void fill(
            ToLongFunction<Value> count,
            Order order,
            Comparator<Value> alpha,
            boolean fromDatabase,
            int valuesMax,
            Map<String, Long> shown) {
        List<Value> sorted = new ArrayList<>(values.values());
        sorted.removeIf(value -> count.applyAsLong(value) == 0);
        sorted.sort(
                switch (order) {
                    case ALPHA -> alpha;
                    case COUNT -> Comparator.comparingLong(count).thenComparing(alpha).reversed();
                });
        int room = fromDatabase ? sorted.size() : Math.max(0, valuesMax - shown.size());
        for (Value value : sorted.subList(0, Math.min(room, sorted.size()))) {
            shown.put(value.shown, count.applyAsLong(value));
            if (fromDatabase && shown.size() == valuesMax) {
                return;
            }
        }
    }

    /**
     * The sums of values that were searched for, in order. Numbers are texts there.
     *
     * @param queried whether values were found by a query, which sets accents aside
     * @param valuesMax how many values to keep
     */
    public Map<String, Long> found(Order order, boolean queried, int valuesMax) {
        List<Value> sorted = new ArrayList<>(values.values());
        sorted.sort(queried ? FOLDED.thenComparing(TEXT) : TEXT);
        return switch (order) {
            case ALPHA -> shown(sorted, valuesMax);
            case COUNT -> shown(mostFrequent(sorted, valuesMax), valuesMax);
        };
    }

    /** As one server does it: of those with the least count, one takes the place of another. */
    private static List<Value> mostFrequent(List<Value> inOrder, int valuesMax) {
        Comparator<Value> worstFirst =
                Comparator.comparingLong(Value::count)
                        .thenComparing(v -> v.shown, Utf8Order.ASCENDING);
        PriorityQueue<Value> best = new PriorityQueue<>(worstFirst);
        for (Value value : inOrder) {
            if (best.size() < valuesMax) {
                best.add(value);
            } else if (!best.isEmpty() && best.element().count() <= value.count()) {
                best.remove();
                best.add(value);
            }
        }
        List<Value> sorted = new ArrayList<>(best);
        sorted.sort(worstFirst.reversed());
        return sorted;
    }

    private static Map<String, Long> shown(List<Value> sorted, int valuesMax) {
        Map<String, Long> result = new LinkedHashMap<>();
        sorted.stream().limit(valuesMax).forEach(v -> result.put(v.shown, v.count()));
        return result;
    }
}
