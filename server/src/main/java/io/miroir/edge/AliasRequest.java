package io.miroir.edge;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import io.miroir.api.IndexUid;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import io.miroir.store.alias.AliasRow;
import io.miroir.store.alias.Aliases;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What an operator wants an alias to be.
 *
 * @param targets one for a single alias
 * @param expectedVersion the version that was read; null not to care
 */
record AliasRequest(
        String name, AliasRow.Kind kind, List<String> targets, @Nullable Long expectedVersion) {
    private static final String NAME = "name";
    private static final String TARGET = "target";
    private static final String TARGETS = "targets";
    private static final String VERSION = "expected_version";

    private static final Shape CREATE =
            Shape.of(
                    Shape.required(
                            NAME, ErrorCode.BAD_REQUEST, Check.STRING, ErrorCode.BAD_REQUEST),
                    Shape.notNull(TARGET, ErrorCode.BAD_REQUEST, Check.STRING),
                    Shape.notNull(TARGETS, ErrorCode.BAD_REQUEST, Check.STRINGS));

    private static final Shape FLIP =
            Shape.of(
                    Shape.notNull(TARGET, ErrorCode.BAD_REQUEST, Check.STRING),
                    Shape.notNull(TARGETS, ErrorCode.BAD_REQUEST, Check.STRINGS),
                    Shape.notNull(VERSION, ErrorCode.BAD_REQUEST, Check.unsigned(Long.MAX_VALUE)));

    AliasRequest {
        targets = List.copyOf(targets);
    }

    /** Reads the body of a POST. */
    static AliasRequest create(JsonNode body) {
        CREATE.check(StrictValue.body(body));
        return of(body.path(NAME).asString(""), body, null);
    }

    /** Reads the body of a PUT. */
    static AliasRequest flip(String name, JsonNode body) {
        FLIP.check(StrictValue.body(body));
        return of(name, body, body.has(VERSION) ? body.get(VERSION).asLong() : null);
    }

    private static AliasRequest of(String name, JsonNode body, @Nullable Long expectedVersion) {
        if (body.has(TARGET) == body.has(TARGETS)) {
            throw new ApiException(
                    ErrorCode.BAD_REQUEST,
                    "An alias has either one `target` or a list of `targets`.");
        }
        List<String> targets = new ArrayList<>();
        if (body.has(TARGET)) {
            targets.add(IndexUid.require(body.get(TARGET).asString()));
        }
        body.path(TARGETS).forEach(target -> targets.add(IndexUid.require(target.asString())));
        if (targets.isEmpty() || targets.size() > Aliases.TARGETS_MAX) {
            throw new ApiException(
                    ErrorCode.BAD_REQUEST,
                    "`targets` has 1 to "
                            + Aliases.TARGETS_MAX
                            + " indexes, not "
                            + targets.size());
        }
        if (new HashSet<>(targets).size() < targets.size() || targets.contains(name)) {
            throw new ApiException(
                    ErrorCode.BAD_REQUEST, "`targets` names an index twice, or the alias itself.");
        }
        return new AliasRequest(
                IndexUid.require(name),
                body.has(TARGET) ? AliasRow.Kind.SINGLE : AliasRow.Kind.MULTI,
                targets,
                expectedVersion);
    }
}
