// What the tests of the engine share: a small shop in YAML, records that happen at given instants,
// and an engine that keeps its own journal.
#pragma once

#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/sha256.hpp"
#include "daemon/engine/engine.hpp"

namespace segmentd::tests {

using Files = std::map<std::string, std::string>;

inline Timestamp at(std::string_view text) {
    return parse_timestamp(text).value();
}

inline constexpr Duration microsecond{1};

inline constexpr std::string_view shop_workspace = R"(
workspace: shop
company: A small shop that sells records
currency: EUR
people:
  - {id: dana, name: Dana Ruiz, roles: [steward, approver]}
purposes:
  - {id: offers, title: E-mail about offers, basis: consent}
  - {id: care, title: Help with a running order, basis: legitimate_interest}
profile: {plan: text, employees: integer}
)";

inline constexpr std::string_view shop_signals = R"(
signal: purchase
title: One order
events: [Order Completed]
properties:
  amount: {type: money, path: revenue}
  items: {type: integer}
---
signal: visit
title: One visit
)";

// The shop with these definitions beside it; every file holds what one test is about.
inline Files shop(std::string_view definitions) {
    return {{"workspace.yaml", std::string(shop_workspace)},
            {"signals/signals.yaml", std::string(shop_signals)},
            {"rules/rules.yaml", std::string(definitions)}};
}

inline Record record_of(std::string_view customer, Timestamp when, Payload payload) {
    Record record;
    record.engine_time = record.occurred_at = record.received_at = when;
    record.actor = "token:shop";
    record.customer = CustomerId(customer);
    record.payload = std::move(payload);
    return record;
}

inline Record purchase(std::string_view customer, Timestamp when, std::int64_t cents = 1000) {
    return record_of(customer, when, SignalRecord{SignalId("purchase"), {{"amount", MinorUnits{cents}}}});
}

inline Record visit(std::string_view customer, Timestamp when) {
    return record_of(customer, when, SignalRecord{SignalId("visit"), {}});
}

inline Record plan_of(std::string_view customer, Timestamp when, std::string plan) {
    return record_of(customer, when, ProfileRecord{{{"plan", std::move(plan)}}});
}

inline Record consent(std::string_view customer, Timestamp when, const std::string& purpose, bool granted) {
    auto record = record_of(customer, when, ConsentRecord{});
    record.consent[purpose] = granted;
    return record;
}

inline Record tick(Timestamp when, bool catch_up = false) {
    return record_of("", when, TickRecord{.catch_up = catch_up});
}

// As the daemon makes it once it has started or new definitions are in force.
inline Record greeting(Timestamp when) {
    return record_of("", when, TickRecord{.greets = true, .spares_paused = true});
}

inline Record definitions(Timestamp when, Files files, std::string version = "v1") {
    return record_of("", when, WorkspaceRecord{std::move(version), std::move(files)});
}

inline Record historical(Record record) {
    record.historical = true;
    return record;
}

inline Record late(Record record, Timestamp occurred_at) {
    record.occurred_at = occurred_at;
    return record;
}

// An engine and the journal that it reads its past from.
class LivedEngine {
  public:
    explicit LivedEngine(Files files, Timestamp start = at("2027-01-01")) : engine(reader()) {
        take(definitions(start, std::move(files)));
    }
    LivedEngine(const LivedEngine&) = delete;
    LivedEngine& operator=(const LivedEngine&) = delete;

    // Gives the record its sequence and applies it; it must be accepted.
    daemon::Effects take(Record record) {
        auto effects = offer(std::move(record));
        INFO((effects ? std::string() : to_text(effects.error())));
        REQUIRE(effects.has_value());
        return std::move(*effects);
    }

    Result<daemon::Effects> offer(Record record) {
        record.sequence = engine.records() + 1;
        auto effects = engine.apply(record);
        if (effects) journal.push_back(std::move(record));
        return effects;
    }

    const daemon::Customer& customer(std::string_view id) const {
        const auto index = engine.population().find(CustomerId(id));
        REQUIRE(index.has_value());
        return engine.population().at(*index);
    }

    std::optional<daemon::Membership> membership(std::string_view id, std::string_view segment) const {
        const auto& segments = engine.population().book().definitions.segments;
        const auto index = rules::index_of(segments, SegmentId(segment));
        REQUIRE(index.has_value());
        return customer(id).memberships[*index];
    }

    const daemon::Origin& origin(std::string_view id, std::string_view segment) const {
        return engine.population().origin_of(membership(id, segment).value());
    }

    bool is_member(std::string_view id, std::string_view segment) const { return membership(id, segment).has_value(); }

    const daemon::Enrolment& enrolment(std::string_view id, std::string_view pilot) const {
        REQUIRE(is_enrolled(id, pilot));
        return customer(id).rest->enrolments.at(PilotId(pilot));
    }

    bool is_enrolled(std::string_view id, std::string_view pilot) const {
        return customer(id).rest->enrolments.contains(PilotId(pilot));
    }

    std::string state_hash() { return to_hex(engine.state_hash()); }

    daemon::PastRecords reader() {
        return [this](std::uint64_t end, const daemon::RecordVisitor& visit) -> Result<void> {
            if (past_is_unavailable) return fail(ErrorCode::unavailable, "the past cannot be read now");
            for (const auto& record : journal) {
                if (record.sequence < end) visit(record);
            }
            return {};
        };
    }

    std::vector<Record> journal;
    bool past_is_unavailable = false;
    daemon::Engine engine;
};

// "ada+regulars@2027-01-03T00:00:00Z" for every change, parted by spaces.
inline std::string changes_of(const daemon::Effects& effects) {
    std::string text;
    for (const auto& change : effects.changes) {
        if (!text.empty()) text += ' ';
        text += change.customer.text + (change.entered ? '+' : '-') + change.segment.text + '@' + to_text(change.at);
    }
    return text;
}

// A text member of an event's data, or empty.
inline std::string member_of(const daemon::Outgoing& event, const std::string& name) {
    const auto data = boost::json::parse(event.data).as_object();
    const auto* member = data.if_contains(name);
    return member == nullptr ? std::string() : std::string(member->as_string());
}

inline std::vector<daemon::EventDecision> touches_in(const daemon::Effects& effects) {
    std::vector<daemon::EventDecision> touches;
    for (const auto& decision : effects.events) {
        if (decision.event.type == "touch") touches.push_back(decision);
    }
    return touches;
}

// "ada thank_you send", with the reason behind where it was not sent, parted by "; ".
inline std::string touches_of(const daemon::Effects& effects) {
    std::string text;
    for (const auto& decision : touches_in(effects)) {
        if (!text.empty()) text += "; ";
        text += decision.event.customer.text + ' ' + member_of(decision.event, "touch") + ' ' + to_word(decision.fate);
        if (decision.fate != daemon::TouchFate::send) text += " (" + decision.reason + ')';
    }
    return text;
}

}  // namespace segmentd::tests
