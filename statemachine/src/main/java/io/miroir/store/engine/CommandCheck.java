package io.miroir.store.engine;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.Command;
import io.miroir.store.format.CommandFormats;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What must be known of a command before it is logged: an entry that an applier does not know, or
 * that makes a row that none can read, would stop every pod, again after each restart. A pod asks
 * before it sends, the leader before it logs.
 */
public final class CommandCheck {
    private static final OneofDescriptor KIND = Command.getDescriptor().getOneofs().getFirst();

    private final CommandFormats formats;
    private final IntSupplier clusterFormat;

    /**
     * @param formats what this program knows
     * @param clusterFormat what every member knows, as far as this pod has applied it
     */
    public CommandCheck(CommandFormats formats, IntSupplier clusterFormat) {
        this.formats = formats;
        this.clusterFormat = clusterFormat;
    }

    /** Whether the cluster must first agree on the format of a command, or this pod hear of it. */
    public boolean isAhead(Batch batch) {
        int agreed = clusterFormat.getAsInt();
        return batch.getCommandList().stream()
                .anyMatch(command -> asks(command, formats.of(command)) > agreed);
    }

    /** Why the batch must not be logged; null if it may. */
    public @Nullable String refusal(Batch batch) {
        if (batch.getFormat() > formats.known()) {
            return "commands of format " + batch.getFormat() + knows();
        }
        if (!batch.getUnknownFields().isEmpty()) {
            return "a batch with fields that this pod does not know";
        }
        for (Command command : batch.getCommandList()) {
            String refusal = refusal(command);
            if (refusal != null) {
                return refusal;
            }
        }
        int format = formats.of(batch.getCommandList());
        int said = Math.max(CommandFormats.FIRST, batch.getFormat());
        return format <= said
                ? null
                : "a batch that says it is of format " + said + ", and is of " + format;
    }

    /** Why the command must not be logged; null if it may. */
    public @Nullable String refusal(Command command) {
        if (command.getKindCase() == Command.KindCase.KIND_NOT_SET) {
            return "a command that this pod does not know";
        }
        FieldDescriptor kind = command.getOneofFieldDescriptor(KIND);
        if (!command.getUnknownFields().isEmpty()) {
            return "a " + kind.getName() + " with fields that this pod does not know";
        }
        int format = formats.of(command);
        if (format > formats.known()) {
            return "a " + kind.getName() + " of format " + format + knows();
        }
        int agreed = clusterFormat.getAsInt();
        return asks(command, format) <= agreed
                ? CommandLimits.refusal((Message) command.getField(kind))
                : "a %s of format %d; the cluster's is %d until every member knows a later one"
                        .formatted(kind.getName(), format, agreed);
    }

    /** What the cluster must have agreed on: to agree it needs the command that does. */
    private static int asks(Command command, int format) {
        return command.hasRaiseFormat() ? CommandFormats.FIRST : format;
    }

    private String knows() {
        return "; this pod knows up to " + formats.known();
    }
}
