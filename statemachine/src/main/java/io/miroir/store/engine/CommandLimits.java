package io.miroir.store.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import io.miroir.store.format.CommandFormats;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether a command's values are such that appliers can read the rows again that they make of it. A
 * row that can't be read ends every pod that meets it, again after each restart: what would make
 * one must not come into the log.
 */
final class CommandLimits {
    private static final Map<Descriptor, Plan> PLANS = plans();

    private CommandLimits() {}

    /** What is looked at in a message; made once, as it is done for each command. */
    private record Plan(List<Checked> fields, List<Choice> choices) {
        private static Plan of(Descriptor message) {
            return new Plan(
                    message.getFields().stream()
                            .filter(field -> field.getJavaType() != JavaType.BOOLEAN)
                            .filter(field -> field.getRealContainingOneof() == null)
                            .map(Checked::of)
                            .toList(),
                    message.getRealOneofs().stream().map(Choice::of).toList());
        }
    }

    /** One of several fields, which must be there: without it, it is of a newer pod, or of none. */
    private record Choice(OneofDescriptor oneof, Map<FieldDescriptor, Checked> fields) {
        private static Choice of(OneofDescriptor oneof) {
            Map<FieldDescriptor, Checked> fields = new HashMap<>();
            oneof.getFields().forEach(field -> fields.put(field, Checked.of(field)));
            return new Choice(oneof, Map.copyOf(fields));
        }

        @Nullable String refusal(Message message) {
            FieldDescriptor chosen = message.getOneofFieldDescriptor(oneof);
            return chosen == null
                    ? "a %s without %s".formatted(name(message), oneof.getName())
                    : CommandLimits.refusal(
                            Objects.requireNonNull(fields.get(chosen)), message.getField(chosen));
        }
    }

    private record Checked(FieldDescriptor field, FieldLimits.Limit limit) {
        private static Checked of(FieldDescriptor field) {
            return new Checked(field, FieldLimits.of(field));
        }
    }

    private static Map<Descriptor, Plan> plans() {
        Map<Descriptor, Plan> plans = new HashMap<>();
        for (Descriptor message : CommandFormats.messages()) {
            plans.put(message, Plan.of(message));
        }
        return Map.copyOf(plans);
    }

    /** Why a command that holds this message must not be logged; null if it may. */
    static @Nullable String refusal(Message message) {
        if (!message.getUnknownFields().isEmpty()) {
            return "a " + name(message) + " with fields that this pod does not know";
        }
        Plan plan = Objects.requireNonNull(PLANS.get(message.getDescriptorForType()));
        for (Checked checked : plan.fields()) {
            String refusal = refusal(message, checked);
            if (refusal != null) {
                return refusal;
            }
        }
        for (Choice choice : plan.choices()) {
            String refusal = choice.refusal(message);
            if (refusal != null) {
                return refusal;
            }
        }
        return CommandRules.refusal(message);
    }

    private static @Nullable String refusal(Message message, Checked checked) {
        FieldDescriptor field = checked.field();
        if (!field.isRepeated()) {
            return field.hasPresence() && !message.hasField(field)
                    ? null
                    : refusal(checked, message.getField(field));
        }
        List<?> elements = (List<?>) message.getField(field);
        if (elements.size() > checked.limit().countMax()) {
            return "%s has %d elements, it may have %d"
                    .formatted(
                            FieldLimits.name(field), elements.size(), checked.limit().countMax());
        }
        for (Object element : elements) {
            String refusal = refusal(checked, element);
            if (refusal != null) {
                return refusal;
            }
        }
        return null;
    }

    private static @Nullable String refusal(Checked checked, Object value) {
        return switch (value) {
            case Message inner -> refusal(inner);
            case String text -> outside(checked, text.length(), "characters");
            case ByteString bytes -> outside(checked, bytes.size(), "bytes");
            case Integer number ->
                    outside(
                            checked,
                            checked.field().getType() == FieldDescriptor.Type.UINT32
                                    ? Integer.toUnsignedLong(number)
                                    : number,
                            "");
            case Long number -> outside(checked, number, "");
            case Boolean _ -> null;
            default -> throw new IllegalStateException("no field holds a " + value.getClass());
        };
    }

    /** A number of 64 bits without a sign is below 0 here where it is too large. */
    private static @Nullable String outside(Checked checked, long value, String unit) {
        FieldLimits.Limit limit = checked.limit();
        if (value >= limit.min() && value <= limit.max()) {
            return null;
        }
        boolean hasSign = checked.field().getType() == FieldDescriptor.Type.SINT64;
        return "%s is of %s%s, it may be of %d to %d"
                .formatted(
                        FieldLimits.name(checked.field()),
                        hasSign ? Long.toString(value) : Long.toUnsignedString(value),
                        unit.isEmpty() ? "" : " " + unit,
                        limit.min(),
                        limit.max());
    }

    private static String name(Message message) {
        return message.getDescriptorForType().getName();
    }
}
