package io.miroir.store.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import io.miroir.proto.store.BatchOutcome;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Commands of every kind that there is, filled from what the protobuf file says of them: a kind or
 * a field that somebody adds is tried as well. Half of them are within all limits of fields, or
 * nearly, so that they meet something; the others hold what nobody would send.
 */
final class ArbitraryCommands {
    private static final List<FieldDescriptor> KINDS =
            Command.getDescriptor().getOneofs().getFirst().getFields();
    private static final List<String> NAMES =
            List.of("name-0", "name-1", "name-2", "name-3", "a", "b", "");
    private static final List<String> ODD_NAMES =
            List.of(
                    "",
                    "\0",
                    "a/b",
                    "/swap",
                    "\uD83D\uDE00",
                    "{",
                    "x".repeat(FieldLimits.NAME_CHARS_MAX + 1),
                    "x".repeat(FieldLimits.TEXT_CHARS_MAX + 1));
    private static final List<Long> ODD_NUMBERS =
            List.of(
                    0L,
                    -1L,
                    (long) Integer.MAX_VALUE,
                    (long) Integer.MIN_VALUE,
                    65_535L,
                    65_536L,
                    1L << 32,
                    1L << 62,
                    Long.MAX_VALUE,
                    Long.MIN_VALUE);

    private static final int RECENT = 12;
    private static final int DEPTH_MAX = 4;

    /** More than a list of numbers may have. */
    private static final int MANY = 70_000;

    private final Random random;
    private final List<Long> recent = new ArrayList<>(List.of(1L));
    private int next;

    ArbitraryCommands(Random random) {
        this.random = random;
    }

    /** Kinds come in turn. */
    Command next() {
        FieldDescriptor kind = KINDS.get(next++ % KINDS.size());
        boolean odd = random.nextBoolean();
        Command.Builder command = Command.newBuilder();
        Message.Builder message = command.newBuilderForField(kind);
        fill(message, odd, 0);
        command.setField(kind, message.build());
        if (random.nextInt(40) == 0) {
            command.setFencingTerm(random.nextInt(3));
        }
        return command.build();
    }

    /** Numbers that were answered, epochs and uids among them, are what later commands speak of. */
    void observe(BatchOutcome answer) {
        for (Outcome outcome : answer.getOutcomeList()) {
            numbersOf(outcome);
        }
        while (recent.size() > RECENT) {
            recent.removeFirst();
        }
    }

    private void numbersOf(Message message) {
        message.getAllFields()
                .forEach(
                        (field, value) -> {
                            if (value instanceof Message inner) {
                                numbersOf(inner);
                            } else if (value instanceof Number number && !field.isRepeated()) {
                                recent.add(number.longValue());
                            }
                        });
    }

    private void fill(Message.Builder message, boolean odd, int depth) {
        Descriptor type = message.getDescriptorForType();
        for (FieldDescriptor field : type.getFields()) {
            if (field.getRealContainingOneof() == null) {
                set(message, field, odd, depth);
            }
        }
        for (OneofDescriptor choice : type.getRealOneofs()) {
            if (!odd || random.nextInt(10) > 0) {
                List<FieldDescriptor> fields = choice.getFields();
                FieldDescriptor field = fields.get(random.nextInt(fields.size()));
                message.setField(field, value(message, field, odd, depth));
            }
        }
    }

    private void set(Message.Builder message, FieldDescriptor field, boolean odd, int depth) {
        boolean isMessage = field.getJavaType() == JavaType.MESSAGE;
        if (field.isRepeated()) {
            int count = isMessage && depth == DEPTH_MAX ? 0 : count(field, odd);
            for (int i = 0; i < count; i++) {
                message.addRepeatedField(field, value(message, field, odd, depth));
            }
        } else if (!field.hasPresence() || random.nextInt(isMessage ? 8 : 2) > 0) {
            message.setField(field, value(message, field, odd, depth));
        }
    }

    private int count(FieldDescriptor field, boolean odd) {
        boolean tooMany =
                odd && field.getJavaType() != JavaType.MESSAGE && random.nextInt(200) == 0;
        return tooMany ? MANY : 1 + random.nextInt(3) - random.nextInt(2);
    }

    private Object value(Message.Builder of, FieldDescriptor field, boolean odd, int depth) {
        boolean here = odd && random.nextInt(3) == 0;
        return switch (field.getJavaType()) {
            case STRING -> text(field, here);
            case BYTE_STRING -> bytes(field, here);
            case INT -> (int) number(field, here);
            case LONG -> number(field, here);
            case BOOLEAN -> random.nextInt(4) == 0;
            case MESSAGE -> {
                Message.Builder inner = of.newBuilderForField(field);
                fill(inner, odd, depth + 1);
                yield inner.build();
            }
            case FLOAT, DOUBLE, ENUM -> throw new IllegalStateException("no such field yet");
        };
    }

    private String text(FieldDescriptor field, boolean odd) {
        if (odd) {
            return ODD_NAMES.get(random.nextInt(ODD_NAMES.size()));
        }
        String name = NAMES.get(random.nextInt(NAMES.size()));
        return name.length() < FieldLimits.of(field).min() ? NAMES.getFirst() : name;
    }

    private ByteString bytes(FieldDescriptor field, boolean odd) {
        byte[] bytes = new byte[odd ? random.nextInt(100) : (int) FieldLimits.of(field).min() + 3];
        if (odd) {
            random.nextBytes(bytes);
        } else {
            bytes[0] = (byte) random.nextInt(6);
        }
        return ByteString.copyFrom(bytes);
    }

    private long number(FieldDescriptor field, boolean odd) {
        if (odd) {
            return ODD_NUMBERS.get(random.nextInt(ODD_NUMBERS.size()));
        }
        FieldLimits.Limit limit = FieldLimits.of(field);
        long number =
                switch (random.nextInt(4)) {
                    case 0 -> recent.get(random.nextInt(recent.size()));
                    case 1 -> random.nextInt(20);
                    case 2 -> random.nextInt(3);
                    // Its edges, unless these are those of all numbers.
                    default ->
                            limit.max() == Integer.MAX_VALUE || limit.max() == Long.MAX_VALUE
                                    ? random.nextInt(1_000_000)
                                    : random.nextBoolean() ? limit.max() : limit.min();
                };
        return Math.clamp(number, limit.min(), limit.max());
    }
}
