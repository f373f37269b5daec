package io.miroir.store.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.FlipAlias;
import io.miroir.proto.store.Limits;
import io.miroir.proto.store.SetLimits;
import io.miroir.store.alias.AliasRow;
import io.miroir.store.alias.Aliases;
import io.miroir.store.format.CommandFormats;
import io.miroir.store.limit.StoreLimits;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows have a limit in bytes, not only in their number. */
class RowBytesTest {
    /** What nodes and clients tell may take the room of a command; whoever adds to it says why. */
    private static final Set<String> AS_LARGE_AS_A_COMMAND =
            Set.of(
                    // Tasks: the edge lets in 900 KiB of details.
                    "Bind.details_json",
                    "Bind.error_json",
                    "Missed.reason",
                    "EnqueueTask.details_json",
                    "EnqueueTask.error_json",
                    "FinishTask.details_json",
                    "FinishTask.error_json",
                    // Indexes: the same settings.
                    "IndexCreated.settings_json",
                    "SettingsCommitted.settings_json",
                    "IndexFrozen.reason",
                    // Of the cluster.
                    "ReplaceTopology.json",
                    // Jobs and duties save how far they are.
                    "NewJob.params_json",
                    "BeatJob.progress_json",
                    "CompleteJob.progress_json",
                    "FailJob.error_json",
                    "ReplaceJob.progress_json",
                    "RenewLease.phase_json",
                    "ReleaseLease.phase_json",
                    // Bounded at the edge, and sealed they grow.
                    "ClientObject.json",
                    "Webhook.header_name",
                    "Webhook.header_value",
                    "Reseal.value");

    @Test
    void textsAreNamesUnlessItIsSaidHowLongTheyMayBe() {
        Set<String> large =
                CommandFormats.messages().stream()
                        .flatMap(message -> message.getFields().stream())
                        .filter(field -> field.getJavaType() == JavaType.STRING)
                        .filter(field -> charsMax(field) > FieldLimits.TEXT_CHARS_MAX)
                        .map(FieldLimits::name)
                        .collect(Collectors.toSet());
        assertEquals(AS_LARGE_AS_A_COMMAND, large);
    }

    private static long charsMax(FieldDescriptor field) {
        return FieldLimits.of(field).max();
    }

    @Test
    void whatAnAliasPointedToBeforeTakesNoMoreThanItMay(@TempDir Path dir) {
        try (Entries pod = new Entries(dir)) {
            Limits.Builder limits =
                    Limits.newBuilder()
                            .setTasksMax(StoreLimits.TASKS_MAX_MIN)
                            .setTaskRetentionMicros(Entries.SECOND)
                            .setIdempotencyKeysMax(1)
                            .setIdempotencyTtlMicros(Entries.SECOND)
                            .setSessionsMax(1)
                            .setSessionTtlMicros(Entries.SECOND)
                            .setJobsMax(1)
                            .setJobRetentionMicros(Entries.SECOND)
                            .setAliasHistoryMax(StoreLimits.ALIAS_HISTORY_MAX)
                            .setCanaryRunsMax(1)
                            .setRateBucketsMax(1);
            SetLimits.Builder set = SetLimits.newBuilder().setExpectedVersion(1).setLimits(limits);
            assertTrue(pod.apply(Command.newBuilder().setSetLimits(set)).hasVersion());
            FlipAlias.Builder flip =
                    FlipAlias.newBuilder()
                            .setName("live")
                            .setAliasKind(AliasRow.Kind.MULTI.code())
                            .setExpectedVersion(Aliases.ANY_VERSION);
            for (int target = 0; target < 100; target++) {
                flip.addTarget("x".repeat(FieldLimits.NAME_CHARS_MAX - 2) + target);
            }
            for (int i = 0; i < 20; i++) {
                assertTrue(pod.apply(Command.newBuilder().setFlipAlias(flip)).hasVersion());
            }
            long bytes = pod.sql().number("SELECT length(history) FROM aliases");
            assertTrue(bytes <= Aliases.HISTORY_BYTES_MAX + 64, bytes + " bytes");
            assertTrue(bytes > Aliases.HISTORY_BYTES_MAX / 2, "what there is room for stays");
        }
    }
}
