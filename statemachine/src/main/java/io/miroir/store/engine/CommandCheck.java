package io.miroir.store.engine;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.Message;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.Command;
import org.jspecify.annotations.Nullable;

/**
 * What must be known of a command before it is logged: an entry that an applier does not know would
 * stop every pod, again after each restart. A pod asks before it sends, the leader before it logs.
 */
public final class CommandCheck {
    /** Format of the commands that this program writes, and the newest that it applies. */
    public static final int FORMAT = 1;

    private static final OneofDescriptor KIND = Command.getDescriptor().getOneofs().getFirst();

    private CommandCheck() {}

    /** Why the batch must not be logged; null if it may. */
    public static @Nullable String refusal(Batch batch) {
        if (batch.getFormat() > FORMAT) {
            return "commands of format " + batch.getFormat() + "; this pod knows up to " + FORMAT;
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
        return null;
    }

    /** Why the command must not be logged; null if it may. */
    public static @Nullable String refusal(Command command) {
        if (command.getKindCase() == Command.KindCase.KIND_NOT_SET) {
            return "a command that this pod does not know";
        }
        FieldDescriptor kind = command.getOneofFieldDescriptor(KIND);
        boolean known =
                command.getUnknownFields().isEmpty()
                        && ((Message) command.getField(kind)).getUnknownFields().isEmpty();
        return known ? null : "a " + kind.getName() + " with fields that this pod does not know";
    }
}
