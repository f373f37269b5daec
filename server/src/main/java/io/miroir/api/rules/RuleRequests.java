package io.miroir.api.rules;

import static io.miroir.api.strict.Shape.notNull;
import static io.miroir.api.strict.Shape.optional;
import static io.miroir.api.strict.Shape.required;

import io.miroir.api.ErrorCode;
import io.miroir.api.Timestamps;
import io.miroir.api.strict.Check;
import io.miroir.api.strict.Shape;
import io.miroir.api.strict.StrictValue;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What clients may say of dynamic search rules. */
public final class RuleRequests {
    private static final long POSITION_MAX = 0xFFFF_FFFFL;

    private static final DateTimeFormatter SHOWN =
            new DateTimeFormatterBuilder()
                    .appendPattern("uuuu-MM-dd H:mm:ss")
                    .appendFraction(ChronoField.NANO_OF_SECOND, 1, 9, true)
                    .appendLiteral(' ')
                    .appendOffset("+HH:MM:SS", "+00:00:00")
                    .toFormatter(Locale.ROOT);

    private static final ErrorCode OF_CONDITIONS = ErrorCode.INVALID_DYNAMIC_SEARCH_RULE_CONDITIONS;
    private static final ErrorCode OF_ACTIONS = ErrorCode.INVALID_DYNAMIC_SEARCH_RULE_ACTIONS;

    private static final Shape FILTER =
            Shape.of(
                    ErrorCode.INVALID_DYNAMIC_SEARCH_RULE_FILTER,
                    optional(
                            "query",
                            ErrorCode.INVALID_DYNAMIC_SEARCH_RULE_FILTER_QUERY,
                            Check.STRING),
                    optional(
                            "active",
                            ErrorCode.INVALID_DYNAMIC_SEARCH_RULE_FILTER_ACTIVE,
                            Check.BOOLEAN));

    private static final Shape LIST =
            Shape.of(
                    notNull(
                            "offset",
                            ErrorCode.INVALID_DYNAMIC_SEARCH_RULE_OFFSET,
                            Check.unsigned(Long.MAX_VALUE)),
                    notNull(
                            "limit",
                            ErrorCode.INVALID_DYNAMIC_SEARCH_RULE_LIMIT,
                            Check.unsigned(Long.MAX_VALUE)),
                    optional("filter", ErrorCode.INVALID_DYNAMIC_SEARCH_RULE_FILTER, FILTER));

    private static final Shape CONDITIONS =
            Shape.of(
                    optional("time", OF_CONDITIONS, RuleRequests::checkTime),
                    optional(
                            "query",
                            OF_CONDITIONS,
                            Shape.of(
                                    optional("isEmpty", OF_CONDITIONS, Check.BOOLEAN),
                                    optional("words", OF_CONDITIONS, Check.STRING))));

    private static final Shape PIN =
            Shape.of(
                    required("type", OF_ACTIONS, Check.STRING, OF_ACTIONS),
                    required("position", OF_ACTIONS, Check.unsigned(POSITION_MAX), OF_ACTIONS));

    private static final Shape ACTION =
            Shape.of(
                    required(
                            "selector",
                            OF_ACTIONS,
                            Shape.of(
                                    optional("indexUid", OF_ACTIONS, Check.INDEX_UID),
                                    required("id", OF_ACTIONS, Check.STRING, OF_ACTIONS)),
                            OF_ACTIONS),
                    required("action", OF_ACTIONS, RuleRequests::checkAction, OF_ACTIONS));

    private static final Shape RULE =
            Shape.of(
                    optional(
                            "description",
                            ErrorCode.INVALID_DYNAMIC_SEARCH_RULE_DESCRIPTION,
                            Check.STRING),
                    optional(
                            "precedence",
                            ErrorCode.INVALID_DYNAMIC_SEARCH_RULE_PRIORITY,
                            Check.unsigned(Long.MAX_VALUE)),
                    optional("active", ErrorCode.INVALID_DYNAMIC_SEARCH_RULE_ACTIVE, Check.BOOLEAN),
                    optional("conditions", OF_CONDITIONS, RuleRequests::checkConditions),
                    optional("actions", OF_ACTIONS, Check.arrayOf(ACTION)));

    private RuleRequests() {}

    /** Refuses a malformed request for a list as Meilisearch does. */
    public static void checkList(JsonNode body) {
        LIST.check(StrictValue.body(body));
    }

    /** Refuses a malformed change of a rule as Meilisearch does. */
    public static void checkRule(JsonNode body) {
        RULE.check(StrictValue.body(body));
    }

    private static void checkConditions(StrictValue conditions) {
        CONDITIONS.check(conditions);
        JsonNode query = conditions.node().path("query");
        if (query.path("isEmpty").asBoolean(false) && query.hasNonNull("words")) {
            throw conditions
                    .member("query")
                    .withCode(ErrorCode.BAD_REQUEST)
                    .invalid("either `isEmpty` or `words` can be used, not both at once");
        }
        JsonNode time = conditions.node().path("time");
        Optional<OffsetDateTime> start = date(time.path("start"));
        Optional<OffsetDateTime> end = date(time.path("end"));
        if (start.isPresent() && end.isPresent() && start.get().isAfter(end.get())) {
            throw conditions
                    .member("time")
                    .withCode(ErrorCode.BAD_REQUEST)
                    .invalid(
                            "`end` (`"
                                    + shown(end.get())
                                    + "`) should be later than `start` (`"
                                    + shown(start.get())
                                    + "`)");
        }
    }

    /** Members that it does not know are passed over. */
    private static void checkTime(StrictValue time) {
        time.members()
                .forEach(
                        (name, value) -> {
                            boolean known = name.equals("start") || name.equals("end");
                            if (known && !value.isNull()) {
                                checkDate(value);
                            }
                        });
    }

    private static void checkDate(StrictValue value) {
        if (Timestamps.parseRfc3339(value.string()).isEmpty()) {
            throw value.invalid(
                    "`"
                            + value.string()
                            + "` is not a valid date. It should follow the RFC 3339 format to"
                            + " represents a date or datetime in the future or specified as a null"
                            + " value. e.g. 'YYYY-MM-DD' or 'YYYY-MM-DD HH:MM:SS'.\n");
        }
    }

    /** The kind of an action is looked at before what else it has. */
    private static void checkAction(StrictValue action) {
        StrictValue type = action.members().get("type");
        if (type == null) {
            throw action.missing("type", OF_ACTIONS);
        }
        if (!type.string().equals("pin")) {
            throw action.invalid("Incorrect tag value");
        }
        PIN.check(action);
    }

    private static Optional<OffsetDateTime> date(JsonNode text) {
        return text.isString() ? Timestamps.parseRfc3339(text.stringValue()) : Optional.empty();
    }

    private static String shown(OffsetDateTime date) {
        return SHOWN.format(date);
    }
}
