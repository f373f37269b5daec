package io.miroir.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * Documents of about 300 bytes with words that repeat as those of a shop do; the same each time.
 */
final class SmallDocuments {
    /** Of one document. */
    static final int BYTES = 300;

    private static final int WORDS = 20_000;
    private static final String SYLLABLES = "bacodufegihojakelimonupareso";

    private SmallDocuments() {}

    /** So many of them as a list, with ids from {@code first} on. */
    static byte[] list(long first, int count) {
        StringBuilder json = new StringBuilder(count * (BYTES + 2)).append('[');
        for (long id = first; id < first + count; id++) {
            json.append(id == first ? "" : ",");
            append(json, id);
        }
        return json.append(']').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void append(StringBuilder json, long id) {
        SplittableRandom random = new SplittableRandom(id);
        int start = json.length();
        json.append("{\"id\":").append(id);
        json.append(",\"title\":\"");
        words(json, random, json.length() + 24);
        json.append("\",\"price\":").append(random.nextInt(100_000) / 100.0);
        json.append(",\"stock\":").append(random.nextInt(1_000));
        json.append(",\"sold\":").append(random.nextBoolean());
        json.append(",\"tags\":[\"").append(word(random.nextInt(50)));
        json.append("\",\"").append(word(random.nextInt(50)));
        json.append("\"],\"text\":\"");
        words(json, random, start + BYTES - 6);
        json.append("\"}");
    }

    private static void words(StringBuilder json, SplittableRandom random, int until) {
        json.append(word(random.nextInt(WORDS)));
        while (json.length() < until) {
            // Few words are frequent and many are not.
            int rank = (int) (WORDS * Math.pow(random.nextDouble(), 3));
            json.append(' ').append(word(rank));
        }
    }

    /** A word, the more frequent the lower its number. */
    static String word(int number) {
        StringBuilder word = new StringBuilder();
        for (int left = number + 14; left > 0; left /= 14) {
            int at = left % 14 * 2;
            word.append(SYLLABLES, at, at + 2);
        }
        return word.toString();
    }
}
