// What happened in a quarter.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/choices.hpp"
#include "daemon/audit/papers.hpp"
#include "daemon/reports/reports.hpp"
#include "rules/definitions/words.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

Table changes_table(const QuarterFold& fold);
Table reviews_table(const QuarterFold& fold);
Table touches_table(const QuarterFold& fold, const Store& store);
Table findings_table(const QuarterFold& fold);
Table decisions_table(const QuarterFold& fold);
Result<Table> memberships_table(const QuarterFold& fold);
Table consents_table(const QuarterFold& fold);
Table tokens_table(const QuarterFold& fold);
Result<Table> rejects_table(const QuarterFold& fold, Store& store);
std::string number(std::uint64_t count);

}  // namespace

Result<std::vector<Paper>> event_papers(const QuarterFold& fold, Store& store) {
    TRY(memberships, memberships_table(fold));
    TRY(rejects, rejects_table(fold, store));
    return std::vector<Paper>{
        {"changes.csv",
         "Every record of the quarter that changed something for more than one customer: who, why, what.",
         changes_table(fold)},
        {"reviews.csv", "Reviews that were open in the quarter, as they stood at its end.", reviews_table(fold)},
        {"touches.csv",
         "Every decision to send something: sent, in shadow or refused, with the reason and the outcome.",
         touches_table(fold, store)},
        {"findings.csv", "What every pilot showed by the end, whatever it showed.", findings_table(fold)},
        {"pilot_decisions.csv", "Pilots decided in the quarter.", decisions_table(fold)},
        {"memberships.csv",
         "Members of every segment: at the start, entered, left, dropped with the segment, at the end.",
         std::move(memberships)},
        {"consents.csv", "Answers about every purpose: changed in the quarter, and all at its end.",
         consents_table(fold)},
        {"tokens.csv", "Every access token handed out until the end: to whom, by whom, and whether it was in force.",
         tokens_table(fold)},
        {"rejects.csv", "What was sent in and refused, by reason; by the wall clock at its arrival.",
         std::move(rejects)},
    };
}

Paper record_counts(const Quarter& quarter, const std::vector<RecordHeader>& headers) {
    struct Count {
        std::uint64_t in_quarter = 0;
        std::uint64_t until_end = 0;
        std::uint64_t first = 0;
        std::uint64_t last = 0;
    };
    std::map<RecordType, Count> counts;
    for (const auto& header : headers) {
        if (header.engine_time >= quarter.until) break;
        auto& count = counts[header.type];
        ++count.until_end;
        if (!quarter.holds(header.engine_time)) continue;
        if (++count.in_quarter == 1) count.first = header.sequence;
        count.last = header.sequence;
    }
    Table table{{"number", "type", "in_quarter", "first_sequence", "last_sequence", "until_end"}, {}};
    for (const auto& [type, count] : counts) {
        table.rows.push_back({number(static_cast<std::uint64_t>(type)), to_word(type), number(count.in_quarter),
                              number(count.first), number(count.last), number(count.until_end)});
    }
    return {"records.csv", "Records of the journal by type, in the quarter and until its end.", std::move(table)};
}

namespace {

Table changes_table(const QuarterFold& fold) {
    Table table{{"sequence", "engine_time", "type", "actor", "reason", "what"}, {}};
    for (const auto& change : fold.changes()) {
        table.rows.push_back({number(change.sequence), to_text(change.at), to_word(change.type), change.actor,
                              change.reason, change.what});
    }
    return table;
}

Table reviews_table(const QuarterFold& fold) {
    Table table{{"review", "kind", "segment", "steward", "owner", "opened_at", "deadline", "state", "overdue", "calls",
                 "action", "acted_at", "acted_by", "reason", "finding"},
                {}};
    for (const auto& review : fold.engine().reviews().all()) {
        const bool is_decided = review.state == ReviewState::decided;
        if (is_decided && review.decided_at < fold.quarter().from) continue;
        const bool is_overdue = !is_decided && fold.state_at() >= review.deadline;
        std::vector<std::string> row{number(static_cast<std::uint64_t>(review.number)),
                                     to_word(review.kind),
                                     review.segment.text,
                                     review.steward.text,
                                     review.owner.text,
                                     to_text(review.opened_at),
                                     to_text(review.deadline),
                                     to_word(review.state),
                                     is_overdue ? "true" : "false",
                                     number(review.calls)};
        if (review.state == ReviewState::open) {
            row.insert(row.end(), {"", "", "", ""});
        } else {
            const auto action = is_decided                             ? review.decision
                                : review.state == ReviewState::snoozed ? ReviewAction::snooze
                                                                       : ReviewAction::acknowledge;
            row.insert(row.end(), {to_word(action), to_text(review.decided_at), review.decided_by, review.reason});
        }
        row.push_back(review.finding);
        table.rows.push_back(std::move(row));
    }
    return table;
}

Table touches_table(const QuarterFold& fold, const Store& store) {
    Table table{{"sequence", "engine_time", "event", "customer", "segment", "playbook", "touch", "channel", "endpoint",
                 "pilot", "arm", "decision", "reason", "delivery", "attempts", "status", "delivery_at"},
                {}};
    for (const auto& event : fold.events()) {
        const auto details = json::parse(event.details).as_object();
        const auto* data = details.at("data").if_object();
        const auto of_data = [&](const char* name) {
            const auto* value = data != nullptr ? data->if_contains(name) : nullptr;
            return value != nullptr ? cell_of(*value) : std::string();
        };
        std::vector<std::string> row{number(event.sequence),
                                     to_text(event.at),
                                     cell_of(details.at("type")),
                                     event.customer.empty() ? "" : store.pseudonym_of(event.customer),
                                     of_data("segment"),
                                     of_data("playbook"),
                                     of_data("touch"),
                                     of_data("channel"),
                                     event.name,
                                     of_data("pilot"),
                                     of_data("arm"),
                                     cell_of(details.at("decision")),
                                     cell_of(details.at("reason"))};
        const auto delivery = fold.deliveries().find(std::string(details.at("id").as_string()));
        if (delivery == fold.deliveries().end()) {
            row.insert(row.end(), {"", "", "", ""});
        } else {
            const auto outcome = json::parse(delivery->second.details).as_object();
            row.insert(row.end(), {delivery->second.name, cell_of(outcome.at("attempt")), cell_of(outcome.at("status")),
                                   to_text(delivery->second.at)});
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

// [lower, upper] as two members of a row, for a program that reads one number a cell.
void split_interval(json::object& row, const std::string& name) {
    const auto* ends = row.contains(name) ? row.at(name).if_array() : nullptr;
    if (ends == nullptr || ends->size() != 2) return;
    row[name + "_lower"] = ends->at(0);
    row[name + "_upper"] = ends->at(1);
}

Table findings_table(const QuarterFold& fold) {
    json::array rows;
    if (fold.engine().has_workspace()) {
        auto pilots = pilots_report(fold.engine());
        for (auto& pilot : pilots.as_array()) {
            for (auto& finding : pilot.at("findings").as_array()) {
                auto& row = finding.as_object();
                row["pilot"] = pilot.at("pilot");
                row["sample_ratio_p"] = pilot.at("sample_ratio_p");
                for (const char* name : {"interval", "always_valid_interval"}) split_interval(row, name);
                rows.push_back(row);
            }
        }
    }
    return table_of(rows,
                    {"pilot", "metric", "timing", "segment", "arm", "control", "n", "n_control", "mean", "mean_control",
                     "difference", "interval_lower", "interval_upper", "p_value", "always_valid_interval_lower",
                     "always_valid_interval_upper", "always_valid_p", "relative_lift", "sample_ratio_p"});
}

Table decisions_table(const QuarterFold& fold) {
    Table table{{"sequence", "engine_time", "pilot", "verdict", "decision", "actor", "reason", "because"}, {}};
    for (const auto& record : fold.pilot_decisions()) {
        const auto& decision = std::get<PilotDecisionRecord>(record.payload);
        table.rows.push_back({number(record.sequence), to_text(record.engine_time), decision.pilot.text,
                              to_word(decision.verdict), decision.decision, record.actor, record.reason,
                              decision.because});
    }
    return table;
}

std::map<std::string, std::int64_t> sizes_at_end(const Engine& engine) {
    std::map<std::string, std::int64_t> sizes;
    if (!engine.has_workspace()) return sizes;
    const auto& segments = engine.population().book().definitions.segments;
    for (const auto& segment : segments) sizes[segment.id.text] = 0;
    for (std::size_t index = 0; index < engine.population().size(); ++index) {
        for (const auto membership : engine.population().at(index).memberships) {
            ++sizes[segments[membership.segment].id.text];
        }
    }
    return sizes;
}

Result<Table> memberships_table(const QuarterFold& fold) {
    Table table{{"segment", "at_start", "entered", "left", "dropped", "at_end"}, {}};
    const auto sizes = sizes_at_end(fold.engine());
    auto flows = fold.memberships();
    for (const auto& [segment, size] : sizes) flows[segment];
    for (const auto& [segment, flow] : flows) {
        const auto size = sizes.find(segment);
        const bool is_in_force = size != sizes.end();
        if (flow.at_end() != (is_in_force ? size->second : 0)) {
            return fail(ErrorCode::corrupt,
                        fmt::format("segment {}: {} members at the end, but {} by who entered and left", segment,
                                    is_in_force ? size->second : 0, flow.at_end()));
        }
        const bool is_empty = flow.at_start == 0 && flow.entered == 0 && flow.left == 0 && flow.dropped == 0;
        if (!is_in_force && is_empty) continue;
        table.rows.push_back({segment, fmt::format("{}", flow.at_start), fmt::format("{}", flow.entered),
                              fmt::format("{}", flow.left), fmt::format("{}", flow.dropped),
                              fmt::format("{}", flow.at_end())});
    }
    return table;
}

// Answers of all customers about one purpose at the end.
struct Answers {
    std::int64_t granted = 0;
    std::int64_t withdrawn = 0;
    std::int64_t allowed = 0;
};

Answers answers_about(const Population& population, const rules::Purpose& purpose) {
    Answers answers;
    for (std::size_t index = 0; index < population.size(); ++index) {
        const auto& customer = population.at(index);
        const auto& given = customer.rest->consent;
        const auto answer = given.find(purpose.id.text);
        if (answer != given.end()) ++(answer->second ? answers.granted : answers.withdrawn);
        if (population.allows(customer, purpose)) ++answers.allowed;
    }
    return answers;
}

Table consents_table(const QuarterFold& fold) {
    Table table{{"purpose", "title", "basis", "granted_in_quarter", "withdrawn_in_quarter", "granted_at_end",
                 "withdrawn_at_end", "unanswered_at_end", "allowed_at_end"},
                {}};
    const auto& population = fold.engine().population();
    auto purposes =
        population.has_book() ? population.book().definitions.workspace.purposes : std::vector<rules::Purpose>{};
    for (const auto& [name, flow] : fold.consents()) {
        const PurposeId id(name);
        if (std::ranges::find(purposes, id, &rules::Purpose::id) == purposes.end()) purposes.push_back({id, "", {}});
    }
    for (const auto& purpose : purposes) {
        const auto found = fold.consents().find(purpose.id.text);
        const auto flow = found == fold.consents().end() ? ConsentFlow{} : found->second;
        const auto answers = answers_about(population, purpose);
        const auto customers = static_cast<std::int64_t>(population.size());
        std::vector<std::string> row{purpose.id.text, purpose.title, rules::word_of(purpose.basis)};
        for (const auto count : {flow.granted, flow.withdrawn, answers.granted, answers.withdrawn,
                                 customers - answers.granted - answers.withdrawn, answers.allowed}) {
            row.push_back(fmt::format("{}", count));
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

// Tokens end by the wall clock; the engine's clock tells whether that was before the quarter's end.
bool had_expired(const QuarterFold& fold, const TokenRecord& token) {
    const auto& engine = fold.engine();
    const bool stands_still = !engine.clock_is_tied() && engine.has_workspace() &&
                              engine.population().book().definitions.workspace.clock_start.has_value();
    return !stands_still && engine.time_at(token.expires_at) <= fold.state_at();
}

Table tokens_table(const QuarterFold& fold) {
    Table table{{"token", "name", "role", "created_at", "created_by", "expires_at", "revoked_at", "revoked_by",
                 "reason", "state"},
                {}};
    for (const auto& [id, life] : fold.tokens()) {
        const auto& record = life.created;
        const auto* token = std::get_if<TokenRecord>(&record.payload);
        if (token == nullptr) continue;
        const auto* state = life.revoked ? "revoked" : had_expired(fold, *token) ? "expired" : "in_force";
        table.rows.push_back({id, token->name, token->role, to_text(record.engine_time), record.actor,
                              to_text(token->expires_at), life.revoked ? to_text(life.revoked->engine_time) : "",
                              life.revoked ? life.revoked->actor : "", life.revoked ? life.revoked->reason : "",
                              state});
    }
    return table;
}

Result<Table> rejects_table(const QuarterFold& fold, Store& store) {
    TRY(in_quarter, store.reject_counts(fold.quarter().from, fold.quarter().until));
    TRY(until_end, store.reject_counts(beginning_of_time, fold.quarter().until));
    Table table{{"reason", "in_quarter", "until_end"}, {}};
    for (const auto& [reason, count] : until_end) {
        table.rows.push_back({reason, number(in_quarter[reason]), number(count)});
    }
    return table;
}

std::string number(std::uint64_t count) {
    return fmt::format("{}", count);
}

}  // namespace
}  // namespace segmentd::daemon
