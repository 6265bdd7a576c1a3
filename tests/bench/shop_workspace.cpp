#include "tests/bench/shop_workspace.hpp"

#include <stdexcept>
#include <string_view>

namespace segmentd::bench {
namespace {

constexpr const char* workspace = R"(
workspace: bench_shop
company: A shop that measures itself
zone: UTC
currency: USD
objectives:
  - {name: retention, title: Customers come back, metric: repeat_purchase_28d, target: 20%, signed_by: dana}
people:
  - {id: dana, name: Dana Ruiz, roles: [steward, approver]}
  - {id: finn, name: Finn Olsen, roles: [editor]}
purposes:
  - {id: offers, title: E-mail about offers, basis: consent}
profile:
  plan: text
revenue: feature.spend_total
expected_value: score.value
---
governance: shop
owner: dana
protected_attributes: []
drift:
  false_alarms: 1
  per: 90d
  review_within: 14d
  monitors:
    - {segment: loyal, reference_share: 60%, tolerance: 20%}
---
endpoint: crm
title: The e-mail system
owner: finn
mode: shadow
)";

constexpr const char* signals = R"(
signal: purchase
title: One order in the shop
channel: web
owner: finn
events: [Order Completed]
properties:
  amount: {type: money, required: true, path: revenue, at_least: 0}
  items: {type: integer, at_least: 0}
---
feature: orders_total
title: Orders in the whole life
signal: purchase
compute: count
---
feature: spend_total
title: Money spent in the whole life
signal: purchase
compute: sum
value: event.amount
---
feature: orders_90d
title: Orders in the last 90 days
signal: purchase
compute: count
window: 90d
---
feature: spend_180d
title: Money spent in the last 180 days
signal: purchase
compute: sum
value: event.amount
window: 180d
---
feature: days_since_order
title: Whole days since the last order
signal: purchase
compute: recency
---
feature: largest_order
title: The largest single order
signal: purchase
compute: max
value: event.amount
---
metric: repeat_purchase_28d
title: Bought again within 28 days
owner: dana
signal: purchase
compute: any
window: 28d
timing: leading
direction: up
---
metric: spend_180d_after
title: Money spent within 180 days
owner: dana
signal: purchase
compute: sum
value: event.amount
window: 180d
timing: lagging
direction: up
)";

constexpr const char* models = R"(
model: repeat_purchases
title: How often a customer will buy again
type: bg_nbd
owner: dana
signal: purchase
unit: 1w
scores:
  alive: {output: p_alive}
  expected_purchases_39w: {output: expected_purchases, horizon: 39w}
---
model: spend_per_order
title: What a customer spends on a purchase day
type: gamma_gamma
owner: dana
signal: purchase
value: event.amount
scores:
  mean_spend: {output: mean_spend}
---
model: value_39w
title: Expected revenue of the next 39 weeks
type: expression
owner: dana
scores:
  value: {expression: score.expected_purchases_39w * score.mean_spend}
)";

constexpr const char* segments = R"(
segment: regular
title: Three orders or much money of late
objective: retention
rationale: Recent orders and recent money are the plainest signs of a habit.
steward: dana
playbook: reward
enter:
  - feature.orders_90d >= 3 || feature.spend_180d > 250.0
  - feature.days_since_order < 60
success_metrics: [{metric: repeat_purchase_28d, at_least: 20%}]
review_every: 90d
---
segment: loyal
title: Buys regularly and will go on
objective: retention
rationale: Frequent and recent buyers carry most of the forecast.
steward: dana
playbook: reward
enter:
  - score.expected_purchases_39w >= 2.0
  - score.alive >= 0.5
---
segment: at_risk
title: Used to buy, and the silence grows longer than their habit
objective: retention
rationale: The same silence means more for a frequent buyer.
steward: dana
playbook: reward
enter:
  - feature.orders_total >= 2
  - score.alive < 0.5
---
segment: lapsed
title: One order, long ago
objective: retention
rationale: Most customers buy once.
steward: dana
enter:
  - feature.orders_total == 1
  - feature.days_since_order >= 120
)";

constexpr const char* playbooks = R"(
playbook: reward
title: Thank those who keep buying
owner: finn
value_proposition: News before others see them.
channels: [email]
touches:
  - touch: thank_you
    title: Early access
    when: entered
    team: marketing
    channel: email
    purpose: offers
    endpoint: crm
    message: Three things you may like, two weeks before everyone else.
    cost: 0.02 USD
---
playbook: reward_voucher
title: Thank them with a voucher
owner: finn
value_proposition: Five dollars off the next order.
channels: [email]
touches:
  - touch: voucher
    title: A voucher of five dollars
    when: entered
    team: marketing
    channel: email
    purpose: offers
    endpoint: crm
    message: Here are five dollars for your next order.
    cost: 5.02 USD
---
pilot: voucher_trial
title: Is a voucher worth five dollars?
hypothesis: A voucher on becoming a regular raises repeat purchases enough to pay for itself.
segment: regular
arms:
  early_access: {weight: 50%, control: true, playbook: reward}
  voucher: {weight: 50%, playbook: reward_voucher}
enrol: {from: 2024-01-01, until: 2034-01-01}
observe_until: 2034-07-10
metrics: {primary: repeat_purchase_28d, leading: [repeat_purchase_28d], lagging: [spend_180d_after]}
design: {method: always_valid, alpha: 5%, power: 80%, smallest_effect: 3pp}
decide:
  leading: {by: 2034-02-10, owner: dana, ship: primary.better, roll_back: primary.worse, otherwise: review}
  lagging: {by: 2034-07-15, owner: dana, ship: spend_180d_after.not_worse, otherwise: review}
)";

void replace_once(std::string& text, std::string_view old_words, std::string_view new_words) {
    const auto at = text.find(old_words);
    if (at == std::string::npos) throw std::logic_error("the workspace does not say " + std::string(old_words));
    text.replace(at, old_words.size(), new_words);
}

}  // namespace

std::map<std::string, std::string> shop_workspace() {
    return {{"workspace.yaml", workspace},
            {"signals/purchase.yaml", signals},
            {"models/purchases.yaml", models},
            {"segments/lifecycle.yaml", segments},
            {"playbooks/playbooks.yaml", playbooks}};
}

std::map<std::string, std::string> live_shop_workspace() {
    auto files = shop_workspace();
    auto& text = files.at("workspace.yaml");
    replace_once(text, "mode: shadow", "mode: live");
    replace_once(text, "basis: consent", "basis: legitimate_interest");
    return files;
}

ModelRecord fitted_repeat_purchases() {
    ModelRecord model;
    model.model = ModelId("repeat_purchases");
    model.type = "bg_nbd";
    model.version = 1;
    model.parameters = {{"r", 0.243}, {"alpha", 4.414}, {"a", 0.793}, {"b", 2.426}};
    return model;
}

ModelRecord fitted_spend_per_order() {
    ModelRecord model;
    model.model = ModelId("spend_per_order");
    model.type = "gamma_gamma";
    model.version = 1;
    model.parameters = {{"p", 6.25}, {"q", 3.74}, {"gamma", 15.44}};
    return model;
}

}  // namespace segmentd::bench
