package io.miroir.store.format;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.StoreProto;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * With which format each kind of command and each field came, as {@code store.proto} declares it,
 * and so which one a command is of: the highest of what is set in it.
 */
public final class CommandFormats {
    /** What was there before anything was declared. */
    public static final int FIRST = 1;

    /** What this program knows: everything that is declared. */
    public static final CommandFormats OF_THIS_PROGRAM =
            new CommandFormats(highest(CommandFormats::declared), CommandFormats::declared);

    private final int known;
    private final ToIntFunction<FieldDescriptor> since;

    /** By message: its fields that are later than the first format, or may hold such fields. */
    private final Map<Descriptor, List<FieldDescriptor>> later = new HashMap<>();

    /**
     * What another program knows.
     *
     * @param known the highest format
     * @param since the format with which a field came
     */
    public CommandFormats(int known, ToIntFunction<FieldDescriptor> since) {
        this.known = known;
        this.since = since;
        Set<Descriptor> messages = messages();
        boolean grown = true;
        while (grown) {
            grown = false;
            for (Descriptor message : messages) {
                List<FieldDescriptor> fields =
                        message.getFields().stream().filter(this::mayBeLater).toList();
                grown |= !fields.isEmpty() && !fields.equals(later.put(message, fields));
            }
        }
    }

    /** With which format the field came, as declared. */
    public static int declared(FieldDescriptor field) {
        return field.getOptions().hasExtension(StoreProto.since)
                ? field.getOptions().getExtension(StoreProto.since)
                : FIRST;
    }

    /** All messages that a batch of commands may hold, itself first. */
    public static Set<Descriptor> messages() {
        Set<Descriptor> found = new LinkedHashSet<>();
        Deque<Descriptor> open = new ArrayDeque<>(List.of(Batch.getDescriptor()));
        while (!open.isEmpty()) {
            Descriptor next = open.pop();
            if (found.add(next)) {
                next.getFields().stream()
                        .filter(CommandFormats::isMessage)
                        .forEach(field -> open.push(field.getMessageType()));
            }
        }
        return found;
    }

    /** The highest format that the program knows. */
    public int known() {
        return known;
    }

    /** The highest format among the commands. */
    public int of(List<Command> commands) {
        int format = FIRST;
        for (Command command : commands) {
            format = Math.max(format, of(command));
        }
        return format;
    }

    /** The format of which the command is. */
    public int of(Command command) {
        // Who does not know the format that is raised to must not apply the raise either.
        return Math.max(highestIn(command), command.getRaiseFormat().getFormat());
    }

    private int highestIn(Message message) {
        int format = FIRST;
        for (FieldDescriptor field :
                later.getOrDefault(message.getDescriptorForType(), List.of())) {
            if (field.isRepeated()) {
                for (int i = 0; i < message.getRepeatedFieldCount(field); i++) {
                    format = Math.max(format, highestIn(field, message.getRepeatedField(field, i)));
                }
            } else if (message.hasField(field)) {
                format = Math.max(format, highestIn(field, message.getField(field)));
            }
        }
        return format;
    }

    private int highestIn(FieldDescriptor field, Object value) {
        int own = since.applyAsInt(field);
        return isMessage(field) ? Math.max(own, highestIn((Message) value)) : own;
    }

    private boolean mayBeLater(FieldDescriptor field) {
        return since.applyAsInt(field) > FIRST
                || (isMessage(field) && later.containsKey(field.getMessageType()));
    }

    private static boolean isMessage(FieldDescriptor field) {
        return field.getJavaType() == JavaType.MESSAGE;
    }

    private static int highest(ToIntFunction<FieldDescriptor> since) {
        return messages().stream()
                .flatMap(message -> message.getFields().stream())
                .mapToInt(since)
                .max()
                .orElse(FIRST);
    }
}
