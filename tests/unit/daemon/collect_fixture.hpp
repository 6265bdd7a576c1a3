// A shop's data contracts and a moment at which requests come in.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "daemon/collect/collected.hpp"
#include "daemon/engine/engine.hpp"

namespace segmentd::tests {

inline constexpr std::string_view collecting_rules = R"(
workspace: shop
company: A small shop
currency: EUR
people: [{id: finn, name: Finn Olsen, roles: [editor]}]
purposes:
  - {id: offers, title: E-mail about offers, basis: consent}
  - {id: research, title: Questions, basis: consent}
profile: {plan: text, employees: integer}
account_profile: {name: text, seats_paid: integer}
---
signal: purchase
events: [Order Completed, com.shop.order]
properties:
  amount: {type: money, required: true, path: cart.total, at_least: 0, at_most: 1000}
  items: {type: integer}
  color: {type: text, one_of: [red, blue]}
---
signal: page
properties:
  path: {type: text}
---
source: orders
columns: [customer, day, amount, plan]
customer: row.customer
occurred_at: row.day
emit:
  - signal: purchase
    when: row.amount != ''
    values: {amount: row.amount}
    consent: {offers: granted}
  - profile: true
    values: {plan: row.plan}
---
source: answers
columns: [customer, day]
customer: row.customer
occurred_at: row.day
emit:
  - profile: true
    consent: {offers: denied}
---
source: objections
columns: [customer, day, employees]
customer: row.customer
occurred_at: row.day
emit:
  - profile: true
    values: {employees: row.employees}
    consent: {offers: denied}
---
source: visits
columns: [customer, at]
customer: row.customer
occurred_at: timestamp(row.at)
emit:
  - profile: true
    consent: {offers: granted}
---
source: arms
columns: [customer, arm]
customer: row.customer
occurred_at: "'2027-01-15'"
emit:
  - {assignment: trial, arm: row.arm}
---
source: teams
columns: [customer, day, team, seats]
customer: row.customer
occurred_at: row.day
emit:
  - account: row.team
    values: {seats_paid: row.seats}
---
metric: bought
signal: purchase
window: 7d
---
pilot: trial
hypothesis: It helps.
assignment: imported
arms: {plain: {weight: 50%, control: true}, other: {weight: 50%}}
metrics: {primary: bought}
)";

inline std::shared_ptr<const rules::Rulebook> collecting_book() {
    static const auto book = [] {
        auto compiled = daemon::compile_workspace({{"workspace.yaml", std::string(collecting_rules)}});
        INFO((compiled ? std::string() : to_text(compiled.error().front())));
        REQUIRE(compiled.has_value());
        return *compiled;
    }();
    return book;
}

// Noon of 20 January 2027 for wall and engine alike.
inline daemon::CollectContext noon_context() {
    daemon::CollectContext context;
    context.definitions = &collecting_book()->definitions;
    context.currency_digits = 2;
    context.received_at = context.engine_now = parse_timestamp("2027-01-20T12:00:00Z").value();
    context.actor = "token:shop";
    return context;
}

inline const SignalRecord& signal_in(const Record& record) {
    REQUIRE(std::holds_alternative<SignalRecord>(record.payload));
    return std::get<SignalRecord>(record.payload);
}

}  // namespace segmentd::tests
