package io.miroir.store.format;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldOptions;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.DeleteAlias;
import io.miroir.proto.store.EnqueueTask;
import io.miroir.proto.store.IdempotencyKey;
import io.miroir.proto.store.LeaseTokens;
import io.miroir.proto.store.RaiseFormat;
import io.miroir.proto.store.StoreProto;
import io.miroir.proto.store.TokenAsk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/** Of which format a command is (rule 20). */
class CommandFormatsTest {
    private static final Command OLD = command(DeleteAlias.newBuilder().setName("a").build());

    private static Command command(DeleteAlias delete) {
        return Command.newBuilder().setDeleteAlias(delete).build();
    }

    private static Command raise(int format) {
        return Command.newBuilder()
                .setRaiseFormat(RaiseFormat.newBuilder().setFormat(format))
                .build();
    }

    /** A program that has one field as the news of format 7. */
    private static CommandFormats with(FieldDescriptor news) {
        ToIntFunction<FieldDescriptor> since = field -> field.equals(news) ? 7 : 1;
        return new CommandFormats(7, since);
    }

    @Test
    void whatIsDeclaredIsWhatWasRecorded() throws IOException {
        // A field that somebody adds is of the first format until its author says otherwise, and
        // pods with that format would stop at it. A format that was released has no more fields.
        List<String> declared =
                CommandFormats.messages().stream()
                        .flatMap(message -> message.getFields().stream())
                        .map(CommandFormatsTest::line)
                        .sorted()
                        .toList();
        assertEquals(String.join("\n", recorded()), String.join("\n", declared));
    }

    @Test
    void whatIsDeclaredIsReadFromTheOption() throws DescriptorValidationException {
        FieldDescriptorProto.Builder field =
                FieldDescriptorProto.newBuilder()
                        .setName("news")
                        .setNumber(1)
                        .setType(FieldDescriptorProto.Type.TYPE_UINT32)
                        .setOptions(FieldOptions.newBuilder().setExtension(StoreProto.since, 4));
        FileDescriptor file =
                FileDescriptor.buildFrom(
                        FileDescriptorProto.newBuilder()
                                .addMessageType(
                                        DescriptorProto.newBuilder().setName("M").addField(field))
                                .build(),
                        new FileDescriptor[0]);
        FieldDescriptor news = file.findMessageTypeByName("M").findFieldByName("news");
        assertEquals(4, CommandFormats.declared(news));
    }

    private static String line(FieldDescriptor field) {
        return CommandFormats.declared(field)
                + " "
                + field.getContainingType().getName()
                + "."
                + field.getName();
    }

    private static List<String> recorded() throws IOException {
        try (InputStream in = CommandFormatsTest.class.getResourceAsStream("formats.txt")) {
            byte[] bytes = Objects.requireNonNull(in).readAllBytes();
            return new String(bytes, StandardCharsets.UTF_8).lines().sorted().toList();
        }
    }

    @Test
    void aCommandIsOfTheLatestFieldThatIsSetInIt() {
        assertEquals(1, CommandFormats.OF_THIS_PROGRAM.of(OLD));
        // The kind itself.
        CommandFormats kind = with(Command.getDescriptor().findFieldByName("delete_alias"));
        assertEquals(7, kind.of(OLD));
        assertEquals(1, kind.of(raise(1)));
        // A field of an old kind.
        CommandFormats name = with(DeleteAlias.getDescriptor().findFieldByName("name"));
        assertEquals(7, name.of(OLD));
        assertEquals(1, name.of(command(DeleteAlias.getDefaultInstance())));
        // One deep inside, in a message and in a list.
        CommandFormats key = with(IdempotencyKey.getDescriptor().findFieldByName("key"));
        EnqueueTask.Builder task = EnqueueTask.newBuilder();
        assertEquals(1, key.of(Command.newBuilder().setEnqueueTask(task).build()));
        task.setIdempotencyKey(IdempotencyKey.newBuilder().setKey("k"));
        assertEquals(7, key.of(Command.newBuilder().setEnqueueTask(task).build()));
        CommandFormats spent = with(TokenAsk.getDescriptor().findFieldByName("spent"));
        LeaseTokens.Builder lease = LeaseTokens.newBuilder().addAsk(TokenAsk.newBuilder());
        assertEquals(1, spent.of(Command.newBuilder().setLeaseTokens(lease).build()));
        lease.addAsk(TokenAsk.newBuilder().setSpent(1));
        Command asks = Command.newBuilder().setLeaseTokens(lease).build();
        assertEquals(7, spent.of(asks));
        assertEquals(7, spent.of(List.of(OLD, asks, OLD)));
    }

    @Test
    void aRaiseIsOfTheFormatThatItRaisesTo() {
        // Who does not know that format must not come past it.
        assertEquals(1, CommandFormats.OF_THIS_PROGRAM.of(raise(1)));
        assertEquals(9, CommandFormats.OF_THIS_PROGRAM.of(raise(9)));
    }
}
