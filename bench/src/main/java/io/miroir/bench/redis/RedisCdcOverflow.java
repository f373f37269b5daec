package io.miroir.bench.redis;

import io.miroir.store.ReadLevel;
import io.miroir.store.Reply;
import io.miroir.store.cdc.CdcOverflow;
import io.miroir.store.cdc.CdcSegmentRow;
import io.miroir.store.cdc.CdcSinkRow;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code miroir:cdc:overflow:<sink>}: the account of segments, as in the store, where upstream has
 * the events themselves.
 */
record RedisCdcOverflow(RedisPipeline writes, RedisPipeline reads, RedisLimits limits)
        implements CdcOverflow {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int DELIVERED = -1;
    private static final int FULL = -2;

    @Override
    public Reply<Adding> add(CdcSegmentRow segment) {
        return writes.write(
                answer -> {
                    long waiting = RedisAnswer.number(answer);
                    return waiting == DELIVERED
                            ? new Adding.Delivered()
                            : waiting == FULL
                                    ? new Adding.Full("bytes of the sink")
                                    : new Adding.Added(waiting);
                },
                RedisScript.CDC,
                "add",
                segment.sinkName(),
                segment.indexUid(),
                segment.firstSeq(),
                segment.lastSeq(),
                segment.bytes(),
                limits.current().cdcOverflowBytesMax(),
                JSON.writeValueAsString(segment));
    }

    @Override
    public Reply<Boolean> lose(String sinkName, String indexUid, long firstSeq) {
        return writes.write(
                RedisAnswer::existed, RedisScript.CDC, "lose", sinkName, indexUid, firstSeq);
    }

    @Override
    public List<CdcSegmentRow> of(ReadLevel level, String sinkName) {
        RedisHash hash = reads.hash("miroir:cdc:overflow:" + sinkName);
        return hash.fields().values().stream()
                .map(text -> JSON.readValue(text, CdcSegmentRow.class))
                .sorted(
                        Comparator.comparing(CdcSegmentRow::indexUid)
                                .thenComparingLong(CdcSegmentRow::firstSeq))
                .toList();
    }

    @Override
    public Optional<CdcSinkRow> sink(ReadLevel level, String sinkName) {
        return reads.hash("miroir:cdc:sinks:" + sinkName)
                .row(
                        hash ->
                                new CdcSinkRow(
                                        sinkName,
                                        hash.number("bytes"),
                                        hash.number("lost_events"),
                                        hash.number("lost_bytes")));
    }
}
