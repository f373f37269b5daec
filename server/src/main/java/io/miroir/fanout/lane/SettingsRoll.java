package io.miroir.fanout.lane;

import io.miroir.api.ApiException;
import io.miroir.api.Json;
import io.miroir.api.settings.NodeSettings;
import io.miroir.api.settings.Settings;
import io.miroir.api.settings.SettingsSecrets;
import io.miroir.api.settings.SettingsUpdate;
import io.miroir.cluster.IndexView;
import io.miroir.core.settings.RollStep;
import io.miroir.core.topology.ShardSet;
import io.miroir.fanout.lane.SettingsTries.Verdict;
import io.miroir.store.Reply;
import io.miroir.store.index.IndexEffect;
import io.miroir.store.lane.Lanes.Affecting;
import io.miroir.store.replica.Replicas.LaneRun;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Brings the nodes of an index to other settings, group by group (protocol, rule 7). Each step is
 * decided on what the store says and told to it before the next, so whoever runs the lane goes on
 * from there; what is done twice does no harm.
 */
final class SettingsRoll {
    private static final Logger LOG = LoggerFactory.getLogger(SettingsRoll.class);

    private final LaneContext context;
    private final SettingsNodes nodes;
    private final SettingsRolls.Told told;
    private final SettingsMetrics metrics;
    private final SettingsLimits limits;

    /**
     * One run.
     *
     * @param epoch under which this pod runs the lane
     * @param update what changes; null to give all nodes what is in force
     * @param ours whether this pod still is to do it
     */
    record Run(
            String lane,
            long epoch,
            long incarnation,
            @Nullable SettingsUpdate update,
            BooleanSupplier ours) {

        ObjectNode target(ObjectNode inForce) {
            return update == null ? inForce : Settings.apply(inForce, update);
        }

        Run undoing() {
            return new Run(lane, epoch, incarnation, null, ours);
        }
    }

    /** How a run ended. */
    sealed interface End {
        /**
         * The settings are in force.
         *
         * @param left nodes that can't be reached and don't have them yet
         */
        record Reached(List<String> left) implements End {}

        /** A node can't have them: they are not in force, and all nodes are as before. */
        record Refused(ObjectNode error) implements End {}

        /** They are in force, and a node can't be brought to have them. */
        record Diverged(String node, ObjectNode error) implements End {}

        /** There is no such index any more. */
        record Gone() implements End {}

        /** Another pod runs the lane. */
        record Deposed() implements End {}

        /** Too little answers for now: to be run again. */
        record Later() implements End {}
    }

    /** What one run saw so far. */
    private static final class Progress {
        private final Set<String> verified = new TreeSet<>();
        private final Set<String> passedOver = new TreeSet<>();
        private final SettingsTries tries;
        private End.@Nullable Diverged diverged;

        Progress(SettingsTries tries) {
            this.tries = tries;
        }
    }

    SettingsRoll(
            LaneContext context,
            SettingsNodes nodes,
            SettingsRolls.Told told,
            SettingsMetrics metrics,
            SettingsLimits limits) {
        this.context = context;
        this.nodes = nodes;
        this.told = told;
        this.metrics = metrics;
        this.limits = limits;
    }

    /** Runs to an end. Settings change as one: what a node can't have, no node keeps. */
    End run(Run run) throws InterruptedException {
        End end = bring(run);
        if (end instanceof End.Refused) {
            End undone = bring(run.undoing());
            LOG.info("settings of {} were refused; undone: {}", run.lane(), undone);
        }
        return end;
    }

    private End bring(Run run) throws InterruptedException {
        Progress progress = new Progress(new SettingsTries(limits.repairRetriesMax()));
        while (run.ours().getAsBoolean()) {
            Optional<IndexView> index =
                    context.view()
                            .index(run.lane())
                            .filter(view -> view.row().incarnation() == run.incarnation());
            if (index.isEmpty()) {
                return new End.Gone();
            }
            Optional<End> end = step(run, index.get(), progress);
            if (end.isPresent()) {
                return end.get();
            }
        }
        return new End.Deposed();
    }

    private Optional<End> step(Run run, IndexView index, Progress progress)
            throws InterruptedException {
        ObjectNode inForce = Json.parseObject(index.row().settingsJson());
        ObjectNode target;
        try {
            target = run.target(inForce);
            SettingsSecrets.requireOpen(target, "index `" + run.lane() + "`");
        } catch (ApiException misfit) {
            // It went with what was to be in force before it, which was refused; or a secret in it
            // can't be opened here.
            return Optional.of(
                    run.update() == null
                            ? notOpen(run, misfit)
                            : new End.Refused(IndexItems.inIndex(run.lane(), misfit).toJson()));
        }
        boolean committed = target.equals(inForce);
        RollStep next =
                RollStep.next(
                        index.topology(),
                        index,
                        new RollStep.Known(
                                committed,
                                leading(index),
                                Set.copyOf(index.row().standing().unsettled()),
                                progress.verified,
                                reachable(index, progress)));
        return switch (next) {
            case RollStep.Change change -> {
                SettingsMetrics.Phase phase = phase(run, committed);
                metrics.began(phase);
                try {
                    yield change(run, index, new Goal(target, committed), progress, change);
                } finally {
                    metrics.ended(phase);
                }
            }
            case RollStep.Commit commit -> {
                progress.verified.clear();
                LOG.info(
                        "settings of {} are in force on {}, then on {}",
                        run.lane(),
                        commit.verified(),
                        commit.unsettled());
                yield tell(
                        run,
                        new IndexEffect.SettingsCommitted(
                                run.incarnation(),
                                Json.text(target),
                                commit.verified(),
                                commit.unsettled()));
            }
            case RollStep.Wait _ -> Optional.of(new End.Later());
            case RollStep.Done done -> Optional.of(done(run, index, progress, done.left()));
        };
    }

    /** Nodes are given nothing rather than settings without a secret. */
    private static End notOpen(Run run, ApiException why) {
        LOG.error("nodes are not given the settings of {}: {}", run.lane(), why.text());
        return new End.Later();
    }

    /**
     * What nodes are brought to.
     *
     * @param committed whether that is in force already
     */
    private record Goal(ObjectNode settings, boolean committed) {}

    private static SettingsMetrics.Phase phase(Run run, boolean committed) {
        if (run.update() == null) {
            return SettingsMetrics.Phase.REPAIR;
        }
        return committed ? SettingsMetrics.Phase.FOLLOW : SettingsMetrics.Phase.PROPOSE;
    }

    private Set<String> reachable(IndexView index, Progress progress) {
        Set<String> reachable = new TreeSet<>(index.topology().nodes());
        reachable.removeIf(node -> !context.writable(node) || progress.passedOver.contains(node));
        return reachable;
    }

    private Optional<End> change(
            Run run, IndexView index, Goal goal, Progress progress, RollStep.Change change)
            throws InterruptedException {
        List<String> all = change.nodes();
        List<String> some = limits.oneByOne() ? all.subList(0, 1) : all;
        boolean leads = change.leadingGroup().isPresent();
        if (!index.row().standing().unsettled().containsAll(all)
                || (leads && !change.leadingGroup().equals(leading(index)))) {
            Optional<End> trouble = tell(run, begun(index, change));
            if (trouble.isPresent()) {
                return trouble;
            }
        }
        // No pod reads them from here on where others can be read.
        told.await();
        Map<String, Shown> shown =
                nodes.change(some, index.row(), NodeSettings.derive(goal.settings()), run.ours());
        return took(run, index, goal, progress, shown);
    }

    private static OptionalInt leading(IndexView index) {
        Integer group = index.row().standing().leadingGroup();
        return group == null ? OptionalInt.empty() : OptionalInt.of(group);
    }

    private static IndexEffect begun(IndexView index, RollStep.Change change) {
        return new IndexEffect.NodesStand(
                index.row().incarnation(),
                List.of(),
                change.nodes(),
                index.row().settingsVersion(),
                change.leadingGroup().isPresent() ? change.leadingGroup().getAsInt() : null);
    }

    private static IndexEffect has(IndexView index, List<String> nodes) {
        return new IndexEffect.NodesStand(
                index.row().incarnation(), nodes, List.of(), index.row().settingsVersion());
    }

    /** Tells who has the settings, and decides on those that don't. */
    private Optional<End> took(
            Run run, IndexView index, Goal goal, Progress progress, Map<String, Shown> shown)
            throws InterruptedException {
        List<String> verified = new ArrayList<>();
        List<End.Diverged> hopeless = new ArrayList<>();
        Duration pause = Duration.ZERO;
        for (Map.Entry<String, Shown> entry : shown.entrySet()) {
            String node = entry.getKey();
            if (entry.getValue() instanceof Shown.Other) {
                metrics.mismatch();
            }
            boolean up = context.writable(node);
            switch (progress.tries.judge(node, entry.getValue(), goal.committed(), up)) {
                case Verdict.Has _ -> verified.add(node);
                case Verdict.Again again ->
                        pause = pause.compareTo(again.pause()) < 0 ? again.pause() : pause;
                case Verdict.PassOver over -> {
                    LOG.info("settings of {} on {}: {}", run.lane(), node, over.why());
                    progress.passedOver.add(node);
                }
                case Verdict.GiveUp hope -> hopeless.add(new End.Diverged(node, hope.error()));
            }
        }
        Optional<End> trouble = verified(run, index, goal, progress, verified);
        if (trouble.isEmpty() && !hopeless.isEmpty()) {
            trouble =
                    goal.committed()
                            ? giveUp(run, index, progress, hopeless)
                            : Optional.of(new End.Refused(hopeless.getFirst().error()));
        }
        if (trouble.isEmpty()) {
            Thread.sleep(pause);
        }
        return trouble;
    }

    private Optional<End> verified(
            Run run, IndexView index, Goal goal, Progress progress, List<String> nodes)
            throws InterruptedException {
        if (!goal.committed()) {
            progress.verified.addAll(nodes);
            return Optional.empty();
        }
        return nodes.isEmpty() ? Optional.empty() : tell(run, has(index, nodes));
    }

    /** Divergence that can't be mended: nothing more is written, or the nodes are not read. */
    private Optional<End> giveUp(
            Run run, IndexView index, Progress progress, List<End.Diverged> hopeless)
            throws InterruptedException {
        for (End.Diverged one : hopeless) {
            LOG.error(
                    "MiroirSettingsDivergence: node {} can't be brought to the settings of {}: {}",
                    one.node(),
                    run.lane(),
                    one.error());
            progress.passedOver.add(one.node());
        }
        End.Diverged first = hopeless.getFirst();
        progress.diverged = first;
        if (limits.freeze()) {
            String why =
                    "Node `"
                            + first.node()
                            + "` can't be brought to have its settings: "
                            + first.error().path("message").asString("");
            return tell(run, new IndexEffect.Frozen(run.incarnation(), why));
        }
        Set<String> lost = hopeless.stream().map(End.Diverged::node).collect(Collectors.toSet());
        Map<String, ShardSet> held = Replicated.inSync(index, index.topology().nodes());
        Map<String, Divergence.Has> has = new TreeMap<>();
        for (String node : held.keySet()) {
            has.put(node, lost.contains(node) ? Divergence.Has.NO : Divergence.Has.YES);
        }
        LaneRun under = new LaneRun(run.lane(), run.epoch());
        return new Replicated(context.store()).putOutDiverging(run.incarnation(), held, has, under)
                ? Optional.empty()
                : Optional.of(new End.Deposed());
    }

    private End done(Run run, IndexView index, Progress progress, List<String> left)
            throws InterruptedException {
        if (progress.diverged != null && limits.freeze()) {
            return progress.diverged;
        }
        if (left.isEmpty() && index.row().standing().frozen() != null) {
            LOG.info("all nodes have the settings of {}: it is not frozen any more", run.lane());
            Optional<End> trouble = tell(run, new IndexEffect.Frozen(run.incarnation(), null));
            if (trouble.isPresent()) {
                return trouble.get();
            }
        }
        return new End.Reached(left);
    }

    /** Tells the store, and sees it; how the run ends if it can't. */
    private Optional<End> tell(Run run, IndexEffect effect) throws InterruptedException {
        Reply<Affecting> reply =
                context.store().lanes().affect(run.lane(), run.epoch(), List.of(effect));
        if (reply.orThrow() instanceof Affecting.Fenced) {
            return Optional.of(new End.Deposed());
        }
        boolean seen = reply instanceof Reply.Applied<Affecting> applied && context.sees(applied);
        return seen ? Optional.empty() : Optional.of(new End.Later());
    }
}
