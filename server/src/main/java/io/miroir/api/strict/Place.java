package io.miroir.api.strict;

/** Where a value stands in a request; decides how error messages name it. */
public sealed interface Place {
    /** A JSON value; {@code path} is empty for the body itself, else like {@code .a.b[0]}. */
    record Body(String path) implements Place {}

    /** A query parameter; {@code name} is empty for the query string as a whole. */
    record Query(String name) implements Place {}

    /** The place of the member {@code key} of the value here. */
    default Place key(String key) {
        return switch (this) {
            case Body body -> new Body(body.path + "." + key);
            case Query query -> new Query(query.name.isEmpty() ? key : query.name + "." + key);
        };
    }

    /** The place of the element {@code index} of the value here. */
    default Place index(int index) {
        return switch (this) {
            case Body body -> new Body(body.path + "[" + index + "]");
            case Query query -> new Query(query.name + "[" + index + "]");
        };
    }

    /** What members are called in messages. */
    default String fieldWord() {
        return switch (this) {
            case Body _ -> "field";
            case Query _ -> "parameter";
        };
    }

    /** {@code " at `.a`"}, or nothing for the whole body. */
    default String at() {
        return described(" at", " for parameter");
    }

    /** {@code " inside `.a`"}, or nothing for the whole body. */
    default String inside() {
        return described(" inside", " inside");
    }

    /** {@code " at `.a`"} or {@code " in parameter `a`"}. */
    default String in() {
        return described(" at", " in parameter");
    }

    private String described(String bodyArticle, String queryArticle) {
        return switch (this) {
            case Body body -> body.path.isEmpty() ? "" : bodyArticle + " `" + body.path + "`";
            case Query query -> query.name.isEmpty() ? "" : queryArticle + " `" + query.name + "`";
        };
    }
}
