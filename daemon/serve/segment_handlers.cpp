// Answers about one segment that read the past: on the engine thread, the store thread, or beside them.
#include <boost/json.hpp>
#include <charconv>

#include "base/json_text.hpp"
#include "daemon/modelling/validate.hpp"
#include "daemon/net/problem.hpp"
#include "daemon/reports/reports.hpp"
#include "daemon/serve/answers.hpp"
#include "daemon/stability/stability_report.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

constexpr std::int64_t most_weeks = 520;

// The period of a body {"from","to"}; nothing where it is not of that form.
std::optional<ValidationRequest> period_in(const std::string& body, const Zone& calendar) {
    boost::system::error_code error;
    const auto value = json::parse(body, error);
    if (error || !value.is_object()) return std::nullopt;
    const auto read = [&](const char* name) -> std::optional<Timestamp> {
        const auto* text = value.get_object().if_contains(name);
        if (text == nullptr || !text->is_string()) return std::nullopt;
        const auto instant = calendar.parse_timestamp(std::string_view(text->get_string()));
        return instant ? std::optional(*instant) : std::nullopt;
    };
    const auto from = read("from");
    const auto until = read("to");
    if (!from || !until) return std::nullopt;
    return ValidationRequest{{}, *from, *until, {}};
}

// The journal and the ledger as far as they are durable.
Result<json::value> read_stability(const StabilityStart& start, Store& store) {
    const auto past = [&](std::uint64_t end, const RecordVisitor& visit) {
        return store.read_records(1, end, [&](const Record& record) -> Result<void> {
            visit(record);
            return {};
        });
    };
    const auto lines = [&](const LedgerVisitor& visit) {
        LedgerQuery query;
        query.kinds = {LedgerKind::entered, LedgerKind::left};
        return store.read_ledger(query, {}, visit);
    };
    TRY(report, stability_report(start, past, lines));
    return json::value(std::move(report));
}

Record finding_record(const ServeContext& context, const std::string& actor, ValidationRecord found) {
    Record record;
    record.received_at = std::chrono::floor<Duration>(std::chrono::system_clock::now());
    record.occurred_at = context.host.engine_now();
    record.actor = actor;
    record.reason = "segment validate";
    record.payload = std::move(found);
    return record;
}

}  // namespace

void answer_validation(ServeContext& context, RoutedRequest request, Respond respond) {
    auto asked = period_in(request.http.body, context.host.book()->definitions.workspace.calendar);
    if (!asked) {
        return respond(problem_response(
            Problem{.status = 400, .detail = R"(send {"from": "2027-01-01", "to": "2027-04-01"}, dates or instants)"}));
    }
    asked->segment = SegmentId(request.open_parts.front());
    const bool dry_run = parameter(request, "dry_run") == "true";
    const auto found = std::make_shared<ValidationRecord>();
    Host::Beside task;
    task.work = [&context, asked = *asked, found](Fold& fold) mutable -> Result<void> {
        asked.now = context.host.engine_now();
        TRY(validation, validate_segment(fold.engine(), fold.past(), asked));
        *found = std::move(validation);
        return {};
    };
    task.done = [&context, dry_run, found, respond, actor = request.actor](const Result<void>& done) {
        if (!done) return respond(problem_response(done.error()));
        if (dry_run) return respond(answer_of(validation_report(*found)));
        Intake intake{{finding_record(context, actor, *found)}, {}, {}};
        intake.done = [respond, found](const IntakeOutcome& outcome) {
            if (outcome.error) return respond(problem_response(*outcome.error));
            respond(answer_of(validation_report(*found)));
        };
        if (!context.host.offer(std::move(intake))) respond(busy_response(context));
    };
    if (auto taken = context.host.try_beside(std::move(task)); !taken) respond(busy_response(taken.error()));
}

void answer_validations(ServeContext& context, RoutedRequest request, Respond respond) {
    answer_from_engine(context, std::move(respond), [segment = SegmentId(request.open_parts.front())](Engine& engine) {
        return validations_report(engine, segment);
    });
}

void answer_track(ServeContext& context, RoutedRequest request, Respond respond) {
    const auto text = parameter(request, "weeks");
    std::int64_t weeks = text.empty() ? 26 : 0;
    const auto* end = std::from_chars(text.data(), text.data() + text.size(), weeks).ptr;
    if (end != text.data() + text.size() || weeks < 1 || weeks > most_weeks) {
        return respond(problem_response(Problem{.status = 400, .detail = "weeks is a number from 1 to 520"}));
    }
    const TrackRequest wanted{SegmentId(request.open_parts.front()), context.host.engine_now(), weeks};
    answer_beside(context, {}, std::move(respond),
                  [wanted](Fold& fold) { return track_report(fold.engine(), fold.past(), wanted); });
}

// The engine thread says what it knows at present, the store thread reads the past; commits wait for it.
void answer_stability(ServeContext& context, RoutedRequest request, Respond respond) {
    const StabilityRequest wanted{SegmentId(request.open_parts.front()), parameter(request, "from"),
                                  parameter(request, "to"), parameter(request, "refresh"), context.host.engine_now()};
    const bool asked = context.host.ask([&context, respond, wanted](Engine& engine) {
        const auto start = begin_stability(engine, wanted);
        if (!start) return respond(problem_response(start.error()));
        const bool queried = context.host.commits().query(
            [respond, start = *start](Store& store) { respond(answer_of(read_stability(*start, store))); });
        if (!queried) respond(busy_response(context));
    });
    if (!asked) respond(busy_response(context));
}

}  // namespace segmentd::daemon
