package io.miroir.store.engine;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.miroir.proto.store.AddOverflow;
import io.miroir.proto.store.AffectIndex;
import io.miroir.proto.store.ApiKey;
import io.miroir.proto.store.Bind;
import io.miroir.proto.store.DeleteRow;
import io.miroir.proto.store.Effect;
import io.miroir.proto.store.FinishTask;
import io.miroir.proto.store.FlipAlias;
import io.miroir.proto.store.IndexCreated;
import io.miroir.proto.store.IndexRenamed;
import io.miroir.proto.store.MakeApiKeys;
import io.miroir.proto.store.MarkReplicas;
import io.miroir.proto.store.NodeReplicas;
import io.miroir.proto.store.PutRow;
import io.miroir.proto.store.SetLimits;
import io.miroir.proto.store.Webhook;
import io.miroir.store.alias.AliasRow;
import io.miroir.store.replica.ShardState;
import io.miroir.store.table.TableApplier;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What must hold between a message's fields, each of which is within its limit. */
final class CommandRules {
    /** A name that no index has, so that an exchange of two may use it. */
    private static final char IN_NO_UID = '/';

    private CommandRules() {}

    static @Nullable String refusal(Message message) {
        return switch (message) {
            case Bind bind -> barriers(bind.getEffectList(), 1);
            case FinishTask finish -> barriers(finish.getEffectList(), 0);
            case AffectIndex affect -> barriers(affect.getEffectList(), 0);
            case IndexCreated created -> created(created);
            case IndexRenamed renamed -> uid(renamed.getNewUid());
            case NodeReplicas replicas -> states(replicas.getStates());
            case MarkReplicas mark -> marks(mark);
            case FlipAlias flip -> targets(flip);
            case PutRow put -> TableApplier.refusal(put);
            case DeleteRow delete -> TableApplier.refusal(delete);
            case Webhook webhook -> headers(webhook);
            case MakeApiKeys make -> keys(make);
            case SetLimits set -> set.hasLimits() ? null : "limits that say nothing";
            case AddOverflow segment -> segment(segment);
            default -> null;
        };
    }

    /** A barrier without a task that ends would hold its lanes up for ever. */
    private static @Nullable String barriers(List<Effect> effects, int max) {
        long barriers = effects.stream().filter(Effect::hasBarrier).count();
        return barriers <= max ? null : barriers + " barriers, there may be " + max;
    }

    private static @Nullable String created(IndexCreated created) {
        Set<String> nodes = new HashSet<>();
        for (NodeReplicas node : created.getReplicasList()) {
            if (node.getStates().size() != created.getShards()) {
                return "an index of %d shards, and the states of %d on a node"
                        .formatted(created.getShards(), node.getStates().size());
            }
            if (!nodes.add(node.getNodeId())) {
                return "an index that is twice on a node";
            }
        }
        return uid(created.getUid());
    }

    private static @Nullable String uid(String uid) {
        return uid.indexOf(IN_NO_UID) < 0 ? null : "an index whose name holds a slash";
    }

    private static @Nullable String states(ByteString states) {
        int codes = ShardState.values().length;
        for (int shard = 0; shard < states.size(); shard++) {
            if (Byte.toUnsignedInt(states.byteAt(shard)) >= codes) {
                return "no shard state " + states.byteAt(shard);
            }
        }
        return null;
    }

    private static @Nullable String marks(MarkReplicas command) {
        if (command.getAlsoList().stream().anyMatch(also -> also.getAlsoCount() > 0)) {
            return "marks within marks";
        }
        long marked =
                Stream.concat(Stream.of(command), command.getAlsoList().stream())
                        .map(mark -> mark.getIncarnation() + " " + mark.getNodeId())
                        .distinct()
                        .count();
        return marked == 1L + command.getAlsoCount()
                ? states(command.getStates())
                : "a node that is marked twice";
    }

    private static @Nullable String targets(FlipAlias flip) {
        boolean single = flip.getAliasKind() == AliasRow.Kind.SINGLE.code();
        int targets = flip.getTargetCount();
        return targets > 0 && (!single || targets == 1)
                ? null
                : "%d targets of a %s alias".formatted(targets, single ? "single" : "multi");
    }

    private static @Nullable String headers(Webhook webhook) {
        return webhook.getHeaderNameCount() == webhook.getHeaderValueCount()
                ? null
                : "headers without values, or values without names";
    }

    private static @Nullable String keys(MakeApiKeys make) {
        Stream<String> uids = make.getKeyList().stream().map(ApiKey::getUid);
        return uids.distinct().count() == make.getKeyCount() ? null : "two keys of one uid";
    }

    private static @Nullable String segment(AddOverflow segment) {
        long events = segment.getLastSeq() - segment.getFirstSeq();
        return events >= 0 && events < FieldLimits.SEGMENT_EVENTS_MAX
                ? null
                : "a segment from %d to %d".formatted(segment.getFirstSeq(), segment.getLastSeq());
    }
}
