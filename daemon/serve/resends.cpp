#include "daemon/serve/resends.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <functional>
#include <unordered_map>

#include "base/choices.hpp"
#include "base/json_text.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

Record record_of(const ReplayOrder& order, const LedgerEntry& line, const json::object& details) {
    Record record;
    record.actor = order.actor;
    record.reason = order.reason;
    record.customer = line.customer;
    record.payload =
        ResendRecord{json::value_to<std::string>(details.at("id")), order.endpoint,
                     json::value_to<std::string>(details.at("type")), line.at, json_text(details.at("data"))};
    return record;
}

// The last outcome of every event since then that is over, by its id; only what was given up where that is asked.
using Outcomes = std::unordered_map<std::string, LedgerEntry>;
Result<Outcomes> outcomes_since(Store& store, Timestamp since, bool dead_only) {
    Outcomes outcomes;
    LedgerQuery query;
    query.kinds = {LedgerKind::delivery};
    query.from = since;
    const auto read = store.read_ledger(query, {}, [&](const LedgerEntry& line) -> Result<void> {
        const auto id = json::value_to<std::string>(json::parse(line.details).at("id"));
        const auto outcome = choice_of<DeliveryOutcome>(line.name);
        const bool is_over =
            outcome == DeliveryOutcome::given_up || (outcome == DeliveryOutcome::delivered && !dead_only);
        if (is_over)
            outcomes.insert_or_assign(id, line);
        else
            outcomes.erase(id);
        return {};
    });
    if (!read) return fail(read.error());
    return outcomes;
}

// Hands over the decision and the last outcome of what was sent to the endpoint, decided since then, and is over.
using FinishedVisitor =
    std::function<Result<void>(const LedgerEntry& line, const json::object& details, const LedgerEntry& outcome)>;
Result<void> visit_finished(Store& store, const ReplayOrder& order, const FinishedVisitor& visit) {
    TRY(outcomes, outcomes_since(store, order.since, order.dead_only));
    LedgerQuery query;
    query.kinds = {LedgerKind::event};
    query.name = order.endpoint.text;
    query.from = order.since;
    return store.read_ledger(query, {}, [&](const LedgerEntry& line) -> Result<void> {
        const auto details = json::parse(line.details).as_object();
        const auto outcome = outcomes.find(json::value_to<std::string>(details.at("id")));
        if (outcome == outcomes.end() || details.at("decision") != "send") return {};
        return visit(line, details, outcome->second);
    });
}

json::object dead_letter(const LedgerEntry& line, const json::object& details, const LedgerEntry& outcome) {
    const auto end = json::parse(outcome.details).as_object();
    const auto of = [](const json::object& object, const char* name) {
        const auto* value = object.if_contains(name);
        return value != nullptr ? *value : json::value("");
    };
    const auto& data = details.at("data").as_object();
    return {{"id", details.at("id")},        {"type", details.at("type")},     {"customer", of(data, "customer")},
            {"touch", of(data, "touch")},    {"decided_at", to_text(line.at)}, {"given_up_at", to_text(outcome.at)},
            {"attempts", end.at("attempt")}, {"status", end.at("status")},     {"cause", of(end, "cause")},
            {"detail", end.at("detail")}};
}

}  // namespace

Result<json::value> dead_letters_report(Store& store, const EndpointId& endpoint, Timestamp since) {
    std::vector<json::object> rows;
    const ReplayOrder dead{endpoint, since, true, {}, {}};
    const auto read = visit_finished(store, dead, [&](const auto& line, const auto& details, const auto& outcome) {
        rows.push_back(dead_letter(line, details, outcome));
        return Result<void>();
    });
    if (!read) return fail(read.error());
    std::ranges::sort(rows, {}, [](const auto& row) {
        return std::pair(std::string_view(row.at("given_up_at").as_string()),
                         std::string_view(row.at("id").as_string()));
    });
    const auto surplus = rows.size() - std::min(rows.size(), most_dead_letters);
    return json::array(rows.begin() + static_cast<std::ptrdiff_t>(surplus), rows.end());
}

Result<std::vector<Record>> find_resends(Store& store, const ReplayOrder& order) {
    std::vector<Record> records;
    const auto read =
        visit_finished(store, order, [&](const auto& line, const auto& details, const auto&) -> Result<void> {
            if (records.size() == most_resends) {
                return fail(ErrorCode::limit, fmt::format("more than {} events would be sent again", most_resends),
                            "name a later --since, or --dead");
            }
            records.push_back(record_of(order, line, details));
            return {};
        });
    if (!read) return fail(read.error());
    return records;
}

}  // namespace segmentd::daemon
