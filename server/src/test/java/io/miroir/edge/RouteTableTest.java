package io.miroir.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.Uuids;
import io.miroir.cluster.ClusterView;
import io.miroir.cluster.Fleet;
import io.miroir.cluster.lease.ViewLease;
import io.miroir.config.MultiSearchConfig;
import io.miroir.edge.http.BodyBudget;
import io.miroir.edge.http.Router.Route;
import io.miroir.store.single.SqliteStoreConfig;
import io.miroir.store.single.SqliteTaskStore;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table of routes in {@code docs/compatibility.md} is that of the server. */
class RouteTableTest {
    private static final Path PAGE = Path.of("../docs/compatibility.md");
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `([A-Z]+) (/\\S*)` \\| ([a-z ]+) \\| (.*) \\| (.*) \\|$");
    private static final Pattern CLASS = Pattern.compile("(?m)^\\| ([a-z ]+) \\| [^|`]+ \\|$");
    private static final Pattern NAMED_PART = Pattern.compile("\\{[^}]*}");

    @Test
    void eachRouteOfTheServerHasARowAndNoOther(@TempDir Path directory) throws IOException {
        Set<String> rows =
                rows().stream()
                        .map(row -> row.group(1) + " " + anonymous(row.group(2)))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(served(directory), rows);
    }

    @Test
    void eachRowHasAClassAndATest() throws IOException {
        Set<String> classes =
                CLASS.matcher(Files.readString(PAGE))
                        .results()
                        .map(row -> row.group(1))
                        .collect(Collectors.toSet());
        for (MatchResult row : rows()) {
            assertTrue(classes.contains(row.group(3)), () -> row.group() + classes);
            assertTrue(row.group(5).matches(".*(\\d{3}|Test`).*"), row::group);
            assertFalse(row.group(4).contains("–"), () -> "a parameter of no case: " + row.group());
        }
    }

    private static List<MatchResult> rows() throws IOException {
        return ROW.matcher(Files.readString(PAGE)).results().toList();
    }

    /** What Meilisearch has too: not the operators' routes, and not its mini-dashboard's. */
    private static Set<String> served(Path directory) {
        try (SqliteTaskStore store =
                new SqliteTaskStore(
                        SqliteStoreConfig.of("p", directory),
                        InstantSource.system(),
                        new CollectorRegistry(),
                        _ -> {})) {
            return routes(store).stream()
                    .filter(route -> !route.pattern().startsWith("/_miroir/"))
                    .filter(route -> !route.pattern().equals("/"))
                    .map(route -> route.verb() + " " + anonymous(route.pattern()))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static List<Route> routes(SqliteTaskStore store) {
        ClusterView view = new ClusterView(store, new Fleet(4, 1, List.of(List.of("a"))));
        ViewLease lease = new ViewLease("p", store, view, System::nanoTime);
        return Edge.routes(
                new Edge.Parts(
                        store,
                        view,
                        new Edge.NodeSide(unasked(), unasked(), unasked(), unasked()),
                        unasked(),
                        unasked(),
                        new Edge.Reads(
                                unasked(), unasked(), unasked(), unasked(), unasked(), unasked()),
                        new Edge.Leases(lease, unasked())),
                new Edge.Rules(
                        List::of,
                        List::of,
                        new Edge.Offered(true, true, true, true, true, true, true),
                        new Edge.Slots(1, 1),
                        true,
                        new Edge.BodyLimits(1, 1, new BodyBudget.Limits(1, 1)),
                        new MultiSearchConfig(true, 1, 1, 1)),
                new CollectorRegistry(),
                InstantSource.system(),
                new Uuids(new Random(1), InstantSource.system()),
                new Edge.Operations(
                        new Edge.Backups(unasked(), unasked(), unasked()),
                        unasked(),
                        unasked(),
                        unasked()));
    }

    /** A part that nothing is asked of, as no request is made. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T unasked() {
        return null;
    }

    private static String anonymous(String pattern) {
        return NAMED_PART.matcher(pattern).replaceAll("{}");
    }
}
