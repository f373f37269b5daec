package io.miroir.api.strict;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The known members of an object or query string. Members are checked in the client's order, so the
 * first fault told is the first a reader of the request meets; then the missing ones.
 */
public final class Shape implements Check {
    private final Map<String, Field> fields = new LinkedHashMap<>();
    private final List<String> names;
    private final Unknown unknown;

    /** What is said about a member that the shape does not know. */
    @FunctionalInterface
    public interface Unknown {
        /** The error for {@code key} inside {@code object}, which accepts {@code accepted}. */
        ApiException error(StrictValue object, String key, List<String> accepted);
    }

    /**
     * A known member.
     *
     * @param name its key
     * @param code the code of errors about its value
     * @param check the rule for its value
     * @param missing the code of the error when it is absent; null when it may be
     */
    public record Field(String name, ErrorCode code, Check check, @Nullable ErrorCode missing) {}

    private Shape(List<Field> fields, Unknown unknown) {
        fields.forEach(field -> this.fields.put(field.name, field));
        this.names = List.copyOf(this.fields.keySet());
        this.unknown = unknown;
    }

    /** A shape with these members; any other is an unknown field. */
    public static Shape of(Field... fields) {
        return new Shape(List.of(fields), StrictValue::unknownField);
    }

    /** A shape with its own words for members that it does not know. */
    public static Shape of(Unknown unknown, Field... fields) {
        return new Shape(List.of(fields), unknown);
    }

    /** A shape in which any other member is an unknown field, told with a code of its own. */
    public static Shape of(ErrorCode unknown, Field... fields) {
        return of(
                (object, key, accepted) -> object.withCode(unknown).unknownField(key, accepted),
                fields);
    }

    /** A member that may be absent or null. */
    public static Field optional(String name, ErrorCode code, Check check) {
        return new Field(name, code, check.orNull(), null);
    }

    /** A member that may be absent, but not null. */
    public static Field notNull(String name, ErrorCode code, Check check) {
        return new Field(name, code, check, null);
    }

    /** A member that must be there. */
    public static Field required(String name, ErrorCode code, Check check, ErrorCode missing) {
        return new Field(name, code, check, missing);
    }

    /** The keys of the known members, in their declared order. */
    public List<String> names() {
        return names;
    }

    @Override
    public void check(StrictValue value) {
        for (Map.Entry<String, StrictValue> member : value.members().entrySet()) {
            Field field = fields.get(member.getKey());
            if (field == null) {
                throw unknown.error(value, member.getKey(), names);
            }
            field.check.check(member.getValue().withCode(field.code));
        }
        for (Field field : fields.values()) {
            if (field.missing != null && !value.node().has(field.name)) {
                throw value.missing(field.name, field.missing);
            }
        }
    }
}
