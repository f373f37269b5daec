package io.miroir.embedded.engine.show;

/**
 * A word or phrase of the query in a text.
 *
 * @param characters characters (code points) that match, from the first token's start
 * @param firstId position in the query of the first word that matches
 * @param lastId position of the last
 * @param firstWord number of the first word in the text
 * @param lastWord number of the last
 * @param firstToken number of the first token
 * @param lastToken number of the last
 */
record TextMatch(
        int characters,
        int firstId,
        int lastId,
        int firstWord,
        int lastWord,
        int firstToken,
        int lastToken) {

    int words() {
        return lastWord - firstWord + 1;
    }

    boolean isPhrase() {
        return lastToken > firstToken;
    }
}
