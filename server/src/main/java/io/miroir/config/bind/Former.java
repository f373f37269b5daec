package io.miroir.config.bind;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A word of the upstream plan that has no meaning of its own here: on a record a key, on an enum
 * constant a value. Configurations written after the plan load, and a warning says what holds.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.FIELD})
@Repeatable(Former.Several.class)
public @interface Former {
    /** The word as the plan writes it. */
    String value();

    /** What holds instead, as a sentence for the operator. */
    String why();

    /** The key that takes over the value; empty if the value has no effect. */
    String now() default "";

    /** Whether the word is an error, not a warning. */
    boolean refused() default false;

    /** Holds several words of one record or constant. */
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.TYPE, ElementType.FIELD})
    @interface Several {
        Former[] value();
    }
}
