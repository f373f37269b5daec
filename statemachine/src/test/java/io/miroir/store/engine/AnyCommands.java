package io.miroir.store.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.OneofDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.BatchOutcome;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.DeleteRow;
import io.miroir.proto.store.FlipAlias;
import io.miroir.proto.store.KeyPart;
import io.miroir.proto.store.Outcome;
import io.miroir.proto.store.PutRow;
import io.miroir.proto.store.Strings;
import io.miroir.store.alias.Aliases;
import io.miroir.store.format.CommandFormats;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Commands of every kind of the first format, with every field, made from their declarations: one
 * that is added is among them without being named here. Numbers that the store has given out are
 * spoken of again, so that many meet what is there.
 */
final class AnyCommands {
    private static final String JSON = "{}";
    private static final String UPDATED_AT = "expected_updated_at_micros";
    private static final List<FieldDescriptor> TABLES =
            first(PutRow.getDescriptor().getOneofs().getFirst().getFields());

    private final Random random;
    private final List<FieldDescriptor> kinds;

    /** Of several that exclude each other each has its turn. */
    private final Map<String, Integer> turns = new HashMap<>();

    private int next;
    private long epoch;
    private long position;
    private long uid;
    private long incarnation;
    private long claim;

    AnyCommands(Random random) {
        this.random = random;
        this.kinds = first(Command.getDescriptor().getOneofs().getFirst().getFields());
    }

    /** The kinds one after the other, alone in a batch; rows more often, as there are many. */
    Batch next() {
        Command.Builder command = Command.newBuilder();
        FieldDescriptor kind =
                random.nextInt(4) == 0
                        ? Command.getDescriptor().findFieldByNumber(Command.PUT_ROW_FIELD_NUMBER)
                        : kinds.get(next++ % kinds.size());
        command.setField(kind, parsed(kind, message(kind.getMessageType())));
        if (command.hasPutRow() && !command.getPutRow().hasClientObject()) {
            // Not every row says when it was changed.
            command.getPutRowBuilder().clearExpectedUpdatedAtMicros();
        }
        if (command.hasDeleteRow()) {
            command.getDeleteRowBuilder().clearKey().addKey(key(command.getDeleteRow()));
        }
        if (random.nextInt(20) == 0) {
            command.setFencingTerm(1 + random.nextInt(4));
        }
        return Batch.newBuilder().setFormat(CommandFormats.FIRST).addCommand(command).build();
    }

    /** Tenants alone have another than a text. */
    private KeyPart.Builder key(DeleteRow delete) {
        String name = "name-" + random.nextInt(4);
        return delete.getTable() == PutRow.TENANT_FIELD_NUMBER
                ? KeyPart.newBuilder().setBlob(ByteString.copyFromUtf8(name))
                : KeyPart.newBuilder().setText(name);
    }

    /** What the entry came to, so that later commands know what to speak of. */
    void observe(BatchOutcome answer) {
        for (Outcome outcome : answer.getOutcomeList()) {
            switch (outcome.getKindCase()) {
                case CLAIMED -> epoch = outcome.getClaimed();
                case FENCED -> epoch = Math.max(epoch, outcome.getFenced().getEpoch());
                case INTENDED -> {
                    position = outcome.getIntended().getPosition();
                    incarnation = outcome.getIntended().getIncarnation();
                }
                case TASK_BORN -> uid = outcome.getTaskBorn().getUid();
                case JOB -> claim = outcome.getJob().getClaim();
                case LEASE -> claim = outcome.getLease().getEpoch();
                default -> {}
            }
        }
    }

    private static List<FieldDescriptor> first(List<FieldDescriptor> fields) {
        return fields.stream()
                .filter(field -> CommandFormats.declared(field) == CommandFormats.FIRST)
                .toList();
    }

    private Message message(Descriptor type) {
        DynamicMessage.Builder message = DynamicMessage.newBuilder(type);
        for (OneofDescriptor one : type.getRealOneofs()) {
            List<FieldDescriptor> fields = first(one.getFields());
            int turn = turns.merge(one.getFullName(), 1, Integer::sum);
            FieldDescriptor field = fields.get(turn % fields.size());
            message.setField(field, value(field));
        }
        for (FieldDescriptor field : first(type.getFields())) {
            if (field.getRealContainingOneof() != null) {
                continue;
            }
            if (field.isRepeated()) {
                List<Object> values = new ArrayList<>();
                for (int i = repeats(field); i > 0; i--) {
                    values.add(value(field));
                }
                message.setField(field, values);
            } else if (!field.hasPresence() || isThere(field)) {
                message.setField(field, value(field));
            }
        }
        return message.build();
    }

    private boolean isThere(FieldDescriptor field) {
        // Nobody guesses when a row was changed: with it most are refused.
        return field.getName().equals(UPDATED_AT) ? random.nextInt(4) == 0 : random.nextInt(3) > 0;
    }

    private int repeats(FieldDescriptor field) {
        return switch (field.getName()) {
            // As many as there are values.
            case "header_name", "header_value", "value" -> 1;
            // Rows that name further rows must come to an end.
            case "also" -> random.nextInt(2);
            default -> random.nextInt(3);
        };
    }

    private Object value(FieldDescriptor field) {
        return switch (field.getJavaType()) {
            case MESSAGE -> message(field.getMessageType());
            case STRING -> field.getName().endsWith("json") ? JSON : text(field);
            case BYTE_STRING -> bytes(field);
            case BOOLEAN -> random.nextBoolean();
            case LONG -> number(field);
            case INT -> (int) number(field);
            case FLOAT, DOUBLE, ENUM ->
                    throw new IllegalStateException("say here what is in " + field.getFullName());
        };
    }

    private String text(FieldDescriptor field) {
        if (field.getContainingType().equals(FlipAlias.getDescriptor())) {
            // Where no index has the name, so that an alias gets to have a history.
            return "alias-" + random.nextInt(2);
        }
        return switch (field.getName()) {
            case "lane" -> "name-0";
            // Of what is sealed: another text that says the same.
            case "value" -> "{ }";
            default -> "name-" + random.nextInt(4);
        };
    }

    private ByteString bytes(FieldDescriptor field) {
        return switch (field.getName()) {
            case "states" -> {
                byte[] states = new byte[4];
                for (int i = 0; i < states.length; i++) {
                    states[i] = (byte) random.nextInt(5);
                }
                yield ByteString.copyFrom(states);
            }
            case "values_sha256" -> sha256(Strings.newBuilder().addValue(JSON).build());
            default -> ByteString.copyFromUtf8(text(field));
        };
    }

    private long number(FieldDescriptor field) {
        String name = field.getName();
        if (name.endsWith("expires_at_micros")) {
            return Entries.TIME + random.nextLong(60 * Entries.SECOND);
        }
        if (name.equals(UPDATED_AT) && random.nextBoolean()) {
            return 0;
        }
        if (field.getContainingType().equals(FlipAlias.getDescriptor()) && random.nextBoolean()) {
            return name.equals("expected_version") ? Aliases.ANY_VERSION : 0;
        }
        if (name.endsWith("_micros")) {
            return 1 + random.nextLong(30 * Entries.SECOND);
        }
        return switch (name) {
            case "epoch" -> near(random.nextInt(4) == 0 ? claim : epoch);
            case "position" -> near(position);
            case "uid", "task_uid", "canceled_by" -> near(uid);
            case "incarnation", "other_incarnation", "deleted", "touched" -> near(incarnation);
            case "claim", "ended_claim" -> near(claim);
            case "status", "terminal_status" -> 2L + random.nextInt(3);
            case "type" -> random.nextInt(12);
            case "table" -> TABLES.get(random.nextInt(TABLES.size())).getNumber();
            case "shards" -> 4;
            case "alias_kind" -> random.nextInt(2);
            case "shard", "version", "pinned_group", "spent" -> random.nextInt(4);
            // Raised further, what follows would be of another format.
            case "format" -> CommandFormats.FIRST;
            default -> name.startsWith("expected_") ? random.nextInt(4) : 1 + random.nextInt(4);
        };
    }

    private long near(long last) {
        return random.nextInt(4) > 0 ? last : Math.max(0, last + 1 - random.nextInt(6));
    }

    /** As the class that was made of the declaration. */
    private static Message parsed(FieldDescriptor kind, Message words) {
        try {
            return Command.newBuilder()
                    .newBuilderForField(kind)
                    .mergeFrom(words.toByteArray())
                    .build();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("what was written is read", e);
        }
    }

    private static ByteString sha256(Message message) {
        try {
            return ByteString.copyFrom(
                    MessageDigest.getInstance("SHA-256").digest(message.toByteArray()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
