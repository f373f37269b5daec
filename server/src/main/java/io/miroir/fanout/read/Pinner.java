package io.miroir.fanout.read;

import io.miroir.cluster.ClusterView;
import io.miroir.cluster.IndexView;
import io.miroir.core.rules.Pin;
import io.miroir.core.rules.RuleBook;
import io.miroir.core.text.QueryParts;
import io.miroir.core.text.Tokenizer;
import io.miroir.store.alias.AliasRow;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Looks up what the rules of clients pin in a search. Words are cut by the settings of the index
 * that is searched; names are those that clients have for it.
 */
final class Pinner {
    private final ClusterView view;
    private final LongSupplier nowMicros;

    /**
     * By the rules that a view knows.
     *
     * @param nowMicros store time: rules begin and end at the same moment on all pods
     */
    Pinner(ClusterView view, LongSupplier nowMicros) {
        this.view = view;
        this.nowMicros = nowMicros;
    }

    /** What is to be pinned, if it is there. */
    List<Pin> pins(IndexView index, ObjectNode body) {
        RuleBook rules = view.rules();
        Predicate<String> isSearched = name -> standsFor(name, index.row().uid());
        Instant now = Instant.EPOCH.plus(nowMicros.getAsLong(), ChronoUnit.MICROS);
        // Most searches are of indexes without rules, and their words need not be cut.
        if (index.row().primaryKey() == null || !rules.mayPin(isSearched, now)) {
            return List.of();
        }
        return rules.pins(QueryParts.of(tokenizer(index.settings()), words(body)), isSearched, now);
    }

    private boolean standsFor(String name, String uid) {
        return view.alias(name)
                .map(alias -> alias.kind() == AliasRow.Kind.SINGLE && alias.targets().contains(uid))
                .orElse(name.equals(uid));
    }

    /** A search by vectors alone has no words: what it says is embedded. */
    private static String words(ObjectNode body) {
        boolean byVector = body.path("hybrid").path("semanticRatio").asDouble(0) >= 1;
        return byVector ? "" : body.path("q").asString("");
    }

    /** Cuts words as an index does, by its settings. */
    static Tokenizer tokenizer(JsonNode settings) {
        return new Tokenizer(
                texts(settings.path("separatorTokens")),
                texts(settings.path("nonSeparatorTokens")),
                texts(settings.path("dictionary")),
                texts(settings.path("stopWords")));
    }

    private static List<String> texts(JsonNode list) {
        return list.valueStream().map(text -> text.asString("")).toList();
    }
}
