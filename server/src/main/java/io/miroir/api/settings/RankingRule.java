package io.miroir.api.settings;

/** One entry of {@code rankingRules}. */
public sealed interface RankingRule {
    /** The entry as it is written. */
    String text();

    /** The rules that have a name of their own. */
    enum Builtin implements RankingRule {
        WORDS("words"),
        TYPO("typo"),
        PROXIMITY("proximity"),
        ATTRIBUTE("attribute"),
        ATTRIBUTE_RANK("attributeRank"),
        WORD_POSITION("wordPosition"),
        SORT("sort"),
        EXACTNESS("exactness");

        private final String word;

        Builtin(String word) {
            this.word = word;
        }

        @Override
        public String text() {
            return word;
        }
    }

    /** A rule on the values of a field. */
    record ByField(String field, boolean ascending) implements RankingRule {
        @Override
        public String text() {
            return field + (ascending ? ":asc" : ":desc");
        }
    }

    /** Reads an entry. */
    static RankingRule of(String text) {
        for (Builtin builtin : Builtin.values()) {
            if (builtin.word.equals(text)) {
                return builtin;
            }
        }
        int colon = text.lastIndexOf(':');
        return new ByField(text.substring(0, colon), text.endsWith(":asc"));
    }
}
