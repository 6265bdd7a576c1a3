#include "daemon/engine/ledger/ledger.hpp"

#include <boost/json.hpp>

#include "base/json_text.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

json::value parsed(const std::string& text) {
    json::error_code unreadable;
    return json::parse(text, unreadable);
}

json::object members_of(const MembershipChange& change) {
    return {{"cause", change.cause},
            {"segment_version", change.segment_version},
            {"values", parsed(change.values)},
            {"version", change.version}};
}

std::string details_of(const MembershipChange& change) {
    return json_text(members_of(change));
}

std::string account_details_of(const MembershipChange& change) {
    auto details = members_of(change);
    details["account"] = change.customer.text;
    return json_text(details);
}

std::string details_of(const EventDecision& decision) {
    return json_text(json::object{{"id", decision.event.id},
                                  {"type", decision.event.type},
                                  {"decision", to_word(decision.fate)},
                                  {"cause", decision.cause},
                                  {"reason", decision.reason},
                                  {"data", parsed(decision.event.data)}});
}

std::string details_of(const DeliveryRecord& delivery) {
    return json_text(json::object{{"id", delivery.touch},
                                  {"attempt", delivery.attempt},
                                  {"status", delivery.status},
                                  {"cause", delivery.cause},
                                  {"detail", delivery.detail}});
}

}  // namespace

std::vector<LedgerEntry> ledger_entries(const Record& record, const Effects& effects) {
    std::vector<LedgerEntry> entries;
    for (const auto& change : effects.changes) {
        entries.push_back({record.sequence, change.entered ? LedgerKind::entered : LedgerKind::left, change.at,
                           change.segment.text, change.customer, details_of(change)});
    }
    for (const auto& change : effects.account_changes) {
        entries.push_back({record.sequence, change.entered ? LedgerKind::account_entered : LedgerKind::account_left,
                           change.at, change.segment.text, CustomerId(), account_details_of(change)});
    }
    for (const auto& decision : effects.events) {
        entries.push_back({record.sequence, LedgerKind::event, decision.event.at, decision.event.endpoint.text,
                           decision.event.customer, details_of(decision)});
    }
    if (const auto* delivery = std::get_if<DeliveryRecord>(&record.payload)) {
        entries.push_back({record.sequence, LedgerKind::delivery, record.engine_time, to_word(delivery->outcome),
                           record.customer, details_of(*delivery)});
    }
    return entries;
}

}  // namespace segmentd::daemon
