package io.miroir.config.bind;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a type that is written as one scalar. It has a {@code public static} method {@code
 * parse(String)} that answers null for a text that it does not accept.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Text {
    /** What is accepted, completing the sentence "allowed ...". */
    String allowed();
}
