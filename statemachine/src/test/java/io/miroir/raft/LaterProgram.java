package io.miroir.raft;

import com.google.protobuf.Descriptors.FieldDescriptor;
import io.miroir.proto.store.Command;
import io.miroir.store.format.CommandFormats;

/**
 * A program that is one format of commands ahead of this one, and the one before it. The news are a
 * command that this program has: that aliases are deleted.
 */
final class LaterProgram {
    private static final FieldDescriptor NEWS =
            Command.getDescriptor().findFieldByNumber(Command.DELETE_ALIAS_FIELD_NUMBER);

    /** What the earlier one knows. */
    static final int BEFORE = CommandFormats.OF_THIS_PROGRAM.known();

    static final int FORMAT = BEFORE + 1;
    static final CommandFormats LATER = new CommandFormats(FORMAT, LaterProgram::since);
    static final CommandFormats EARLIER = new CommandFormats(BEFORE, LaterProgram::since);

    private LaterProgram() {}

    private static int since(FieldDescriptor field) {
        return field.equals(NEWS) ? FORMAT : CommandFormats.declared(field);
    }
}
