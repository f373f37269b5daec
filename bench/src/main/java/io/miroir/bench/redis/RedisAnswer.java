package io.miroir.bench.redis;

import java.util.List;
import java.util.function.Function;
import java.util.function.LongFunction;

/** What scripts answer. */
final class RedisAnswer {
    private RedisAnswer() {}

    static long number(Object answer) {
        return (Long) answer;
    }

    static int count(Object answer) {
        return Math.toIntExact(number(answer));
    }

    /** Whether there was such a row. */
    static boolean existed(Object answer) {
        return number(answer) == 1;
    }

    /** A number of a list. */
    static long numberAt(Object answer, int at) {
        return number(((List<?>) answer).get(at));
    }

    /** Whether it was done, and a number that says how far it is then, or was found to be. */
    static <T> Function<Object, T> doneOr(
            LongFunction<? extends T> done, LongFunction<? extends T> found) {
        return answer -> {
            long number = numberAt(answer, 1);
            return numberAt(answer, 0) == 1 ? done.apply(number) : found.apply(number);
        };
    }
}
