package io.miroir.bench.gate;

import com.google.protobuf.InvalidProtocolBufferException;
import io.miroir.proto.store.Batch;
import io.miroir.proto.store.Command;
import io.miroir.proto.store.EnqueueTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A command written and read again, beside the same words in JSON. */
final class CodecRows {
    private static final int ROUNDS = 200_000;
    private static final JsonMapper JSON = JsonMapper.shared();

    private CodecRows() {}

    static Measurement measurement() {
        return new Measured(
                List.of("codec.nanos", "codec.bytes"),
                effort -> effort.runsOf(Duration.ofMillis(400)),
                CodecRows::run);
    }

    /** The command that most rows write. */
    static Command command(int number) {
        return Command.newBuilder()
                .setEnqueueTask(
                        EnqueueTask.newBuilder()
                                .setType(0)
                                .setIndexUid("movies")
                                .setDetailsJson(details(number)))
                .build();
    }

    private static String details(int number) {
        return "{\"receivedDocuments\":1,\"indexedDocuments\":null,\"number\":" + number + "}";
    }

    private static byte[] json(int number) {
        ObjectNode task = JSON.createObjectNode();
        task.put("command", "enqueueTask");
        task.put("type", "documentAdditionOrUpdate");
        task.put("indexUid", "movies");
        task.put("detailsJson", details(number));
        return JSON.writeValueAsBytes(task);
    }

    private static List<Row> run(Bench bench) {
        List<Double> ours = new ArrayList<>();
        List<Double> theirs = new ArrayList<>();
        for (int run = 0; run <= bench.effort().runs(); run++) {
            double protobuf = nanos(CodecRows::protobufBytes);
            double json = nanos(CodecRows::jsonBytes);
            // The first round is for the compiler.
            if (run > 0) {
                ours.add(protobuf);
                theirs.add(json);
            }
        }
        Row.Runs runs = new Row.Runs(ours, theirs, theirs);
        double bytes = command(1).toByteArray().length;
        return List.of(
                Row.of("codec.nanos", "ns", Row.Good.LOW, runs, "both ways; beside JSON"),
                Row.once(
                        "codec.bytes",
                        "B",
                        Row.Good.LOW,
                        bytes,
                        (double) json(1).length,
                        (double) json(1).length,
                        "it is counted",
                        "one enqueueTask; beside JSON"));
    }

    private interface Both {
        long ways(int number);
    }

    private static double nanos(Both both) {
        long start = System.nanoTime();
        long sum = 0;
        for (int i = 0; i < ROUNDS; i++) {
            sum += both.ways(i);
        }
        if (sum == 0) {
            throw new IllegalStateException("nothing was written");
        }
        return (System.nanoTime() - start) / (double) ROUNDS;
    }

    private static long protobufBytes(int number) {
        byte[] bytes = Batch.newBuilder().addCommand(command(number)).build().toByteArray();
        try {
            return (long) bytes.length + Batch.parseFrom(bytes).getCommandCount();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("what was just written", e);
        }
    }

    private static long jsonBytes(int number) {
        byte[] bytes = json(number);
        return (long) bytes.length + JSON.readTree(bytes).size();
    }
}
