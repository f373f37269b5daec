package io.miroir.api.strict;

import io.miroir.api.IndexUid;
import java.math.BigInteger;
import java.util.List;

/** A rule for one value; throws {@link io.miroir.api.ApiException} if the value breaks it. */
@FunctionalInterface
public interface Check {
    /** Returns if the value is acceptable. */
    void check(StrictValue value);

    /** Accepts whatever stands there. */
    Check ANY = _ -> {};

    /** Accepts a string. */
    Check STRING = StrictValue::string;

    /** Accepts a boolean (or its text in a query). */
    Check BOOLEAN = StrictValue::bool;

    /** Accepts any number. */
    Check NUMBER = StrictValue::number;

    /** Accepts what can name an index. */
    Check INDEX_UID =
            value -> {
                if (!IndexUid.isValid(value.string())) {
                    throw value.invalid(IndexUid.why(value.string()));
                }
            };

    /** Accepts an integer that is not zero. */
    Check POSITIVE =
            value -> {
                if (value.kind() == Kind.INTEGER
                        && value.node().bigIntegerValue().equals(BigInteger.ZERO)) {
                    throw value.invalid(
                            "a non-zero integer value lower than `18446744073709551615` was"
                                    + " expected, but found a zero");
                }
                value.unsigned(Long.MAX_VALUE);
            };

    /** Accepts an array of strings. */
    Check STRINGS = arrayOf(STRING);

    /** Accepts an integer from 0 to {@code max}. */
    static Check unsigned(long max) {
        return value -> value.unsigned(max);
    }

    /** Accepts an array whose every element passes. */
    static Check arrayOf(Check element) {
        return value -> value.array().forEach(element::check);
    }

    /** Accepts an object with any keys whose every value passes. */
    static Check mapOf(Check element) {
        return value -> value.members().values().forEach(element::check);
    }

    /** Accepts one of a few words. */
    static Check oneOf(List<String> words) {
        return value -> {
            if (!words.contains(value.string())) {
                throw value.unknownValue(value.string(), words);
            }
        };
    }

    /** Accepts null, and what this check accepts. */
    default Check orNull() {
        return value -> {
            if (!value.isNull()) {
                check(value);
            }
        };
    }
}
