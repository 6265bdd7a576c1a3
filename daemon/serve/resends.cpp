#include "daemon/serve/resends.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
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

// The last outcome of every event since then, by its id.
Result<std::unordered_map<std::string, DeliveryOutcome>> outcomes_since(Store& store, Timestamp since) {
    std::unordered_map<std::string, DeliveryOutcome> outcomes;
    LedgerQuery query;
    query.kinds = {LedgerKind::delivery};
    query.from = since;
    const auto read = store.read_ledger(query, {}, [&](const LedgerEntry& line) -> Result<void> {
        const auto details = json::parse(line.details);
        const auto outcome = choice_of<DeliveryOutcome>(line.name);
        if (outcome) outcomes[json::value_to<std::string>(details.at("id"))] = *outcome;
        return {};
    });
    if (!read) return fail(read.error());
    return outcomes;
}

}  // namespace

Result<std::vector<Record>> find_resends(Store& store, const ReplayOrder& order) {
    TRY(outcomes, outcomes_since(store, order.since));
    std::vector<Record> records;
    LedgerQuery query;
    query.kinds = {LedgerKind::event};
    query.name = order.endpoint.text;
    query.from = order.since;
    const auto read = store.read_ledger(query, {}, [&](const LedgerEntry& line) -> Result<void> {
        const auto details = json::parse(line.details).as_object();
        const auto outcome = outcomes.find(json::value_to<std::string>(details.at("id")));
        const bool is_over = outcome != outcomes.end() && outcome->second != DeliveryOutcome::failed;
        const bool is_wanted = is_over && (!order.dead_only || outcome->second == DeliveryOutcome::given_up) &&
                               details.at("decision") == "send";
        if (!is_wanted) return {};
        if (records.size() == most_resends) {
            return fail(ErrorCode::limit, fmt::format("more than {} events would be sent again", most_resends),
                        "name a later --since, or --dead-only");
        }
        records.push_back(record_of(order, line, details));
        return {};
    });
    if (!read) return fail(read.error());
    return records;
}

}  // namespace segmentd::daemon
