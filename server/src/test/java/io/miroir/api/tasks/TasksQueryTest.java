package io.miroir.api.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.miroir.api.ApiException;
import io.miroir.api.ErrorCode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TasksQueryTest {
    private static final TaskView TASK =
            new TaskView(
                    new TaskView.Ids(7, 3L, null),
                    new TaskView.Subject(TaskType.SETTINGS_UPDATE, List.of("movies"), null),
                    TaskStatus.SUCCEEDED,
                    new TaskView.Times(
                            Instant.parse("2030-05-05T12:00:00Z"),
                            Instant.parse("2030-05-05T12:00:01Z"),
                            Instant.parse("2030-05-05T12:00:02.5Z")),
                    null,
                    null);

    private static TasksQuery query(String... namesAndValues) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            parameters.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return TasksQuery.list(parameters);
    }

    @ParameterizedTest
    @CsvSource({
        "uids,'7,8',true",
        "uids,8,false",
        "uids,'',false",
        "uids,*,true",
        "batchUids,3,true",
        "canceledBy,0,false",
        "types,SettingsUpdate,true",
        "types,indexSwap,false",
        "statuses,'failed,SUCCEEDED',true",
        "indexUids,'a,movies',true",
        "afterEnqueuedAt,2030-05-04,true",
        "afterEnqueuedAt,2030-05-05,false",
        "beforeEnqueuedAt,2030-05-05,false",
        "beforeEnqueuedAt,2030-05-06,true",
        "afterFinishedAt,2030-05-05T12:00:02.5Z,false",
        "beforeStartedAt,2030-05-05T14:00:01.1+02:00,true"
    })
    void filtersSelect(String name, String value, boolean selected) {
        assertEquals(selected, query(name, value).filter().selects(TASK));
    }

    @Test
    void pagingHasDefaults() {
        TasksQuery query = query();
        assertEquals(20, query.limit());
        assertNull(query.from());
        assertFalse(query.reverse());
        assertTrue(query.filter().selects(TASK));
        assertEquals(Long.valueOf(5), query("from", "5", "reverse", "true").from());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "uids | 1,x | INVALID_TASK_UIDS | Invalid value in parameter `uids[1]`: could not"
                        + " parse `x` as a positive integer",
                "uids | 4294967296 | INVALID_TASK_UIDS | Invalid value in parameter `uids`: could"
                        + " not parse `4294967296` as a positive integer",
                "afterStartedAt | 2020-13-01 | INVALID_TASK_AFTER_STARTED_AT | Invalid value in"
                        + " parameter `afterStartedAt`: `2020-13-01` is an invalid date-time. It"
                        + " should follow the YYYY-MM-DD or RFC 3339 date-time format.",
                "reverse | x | INVALID_TASK_REVERSE | Invalid value in parameter `reverse`: could"
                        + " not parse `x` as a boolean, expected either `true` or `false`"
            })
    void faultsAreTold(String name, String value, ErrorCode code, String message) {
        ApiException refused = assertThrows(ApiException.class, () -> query(name, value));
        assertEquals(code, refused.code());
        assertEquals(message, refused.text());
    }

    @Test
    void aSelectionNeedsAFilter() {
        assertEquals(
                ErrorCode.MISSING_TASK_FILTERS,
                assertThrows(ApiException.class, () -> TasksQuery.selection(Map.of(), "cancel"))
                        .code());
        assertEquals(
                Set.of(1L, 2L),
                TasksQuery.selection(Map.of("uids", "1,2"), "cancel").numbers().uids());
    }

    @Test
    void aFinishedTaskTellsItsDuration() {
        assertEquals("PT1.5S", TASK.toJson().get("duration").stringValue());
    }
}
