"""A workspace of a few lines with a clock of its own: what an operator may order is tried on it within seconds.

Whoever ordered is among the buyers, and quiet once the window has passed since. `even` sets nobody apart: customers()
gives its members and everybody else the same habits.
"""

import datetime
import os

TESTER = "tina@shop.example"
PAST = datetime.date(2023, 12, 1)
PERIOD = ["--from", "2023-12-10", "--to", "2023-12-20"]
COLUMNS = "customer,at,plan\n"

TEXT = """workspace: corner_shop
clock: {start: START}
objectives: [{name: growth, metric: orders_1d, target: 20%, signed_by: dana}]
people:
  - {id: dana, roles: [steward, approver]}
  - {id: finn, roles: [editor]}
  - {id: gus, roles: [steward], left: 2023-06-01}
purposes: [{id: news, title: News of the shop, basis: legitimate_interest}]
testers: [{tester: tina, customer: tina@shop.example}]
profile: {plan: text}
---
signal: order
events: [Order Completed]
properties: {amount: {type: number, path: revenue}}
---
source: orders
columns: [customer, at, plan]
customer: row.customer
occurred_at: row.at
emit:
  - {signal: order, values: {amount: "'1'"}}
  - {profile: true, values: {plan: row.plan}}
---
metric: orders_1d
signal: order
window: 1d
---
feature: orders
signal: order
compute: count
---
feature: orders_lately
signal: order
compute: count
window: WINDOW
---
segment: buyers
objective: growth
steward: dana
playbook: greet
enter: BUYERS
success_metrics: [{metric: orders_1d, at_least: 1%}]
---
segment: quiet
objective: growth
steward: dana
playbook: wake
enter: [feature.orders >= 1, feature.orders_lately == 0]
success_metrics: [{metric: orders_1d, at_least: 1%}]
---
segment: even
objective: growth
steward: STEWARD
enter: profile.plan == 'even'
success_metrics: [{metric: orders_1d, at_least: 1%}]
---
playbook: greet
touches: [{touch: hello, purpose: news, endpoint: crm}]
EXISTING---
playbook: greet_warmly
touches: [{touch: warm_hello, purpose: news, endpoint: crm}]
EXISTING---
playbook: wake
touches: [{touch: come_back, purpose: news, endpoint: crm}]
EXISTING---
pilot: warmth
hypothesis: A warmer word brings more orders.
segment: buyers
arms: {usual: {weight: 50%, control: true}, warm: {weight: 50%, playbook: greet_warmly}}
enrol: {from: 2024-01-01, until: 2025-01-01}
metrics: {primary: orders_1d}
---
endpoint: crm
owner: finn
mode: live
events: [touch, segment.entered]
---
endpoint: council
owner: dana
mode: live
events: [review.opened, review.overdue]
---
governance: shop
owner: dana
drift:
  review_within: REVIEW_WITHIN
  monitors: [{segment: even, reference_share: 5%, tolerance: 10%}]
escalation: [{after: 1s, to: finn}]
"""

USUAL = {"START": "2024-01-04T12:00:00Z", "WINDOW": "90m", "BUYERS": "feature.orders >= 1", "STEWARD": "dana",
         "EXISTING": "", "REVIEW_WITHIN": "14d"}

LATER = """segment: regulars
objective: growth
steward: dana
playbook: thank
enter: feature.orders >= 1
success_metrics: [{metric: orders_1d, at_least: 1%}]
---
playbook: thank
touches: [{touch: thanks, purpose: news, endpoint: crm}]
"""


def write_workspace(folder, **changes):
    """The folder of the workspace, with other words in the places of USUAL."""
    text = TEXT
    for place, words in {**USUAL, **changes}.items():
        text = text.replace(place, words)
    return write_file(folder, "workspace/workspace.yaml", text)[: -len("/workspace.yaml")]


def write_file(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def customers(count):
    """Rows of a file of the past: half of both plans ordered again on the tenth day."""
    rows = [COLUMNS]
    for number in range(count):
        plan = "even" if number // 2 % 2 == 0 else "odd"
        first = PAST + datetime.timedelta(days=number % 9)
        rows.append(f"past-{number},{first}T10:00:00Z,{plan}\n")
        if number % 2:
            rows.append(f"past-{number},2023-12-10T12:00:00Z,{plan}\n")
    return "".join(rows) + "last,2023-12-29T10:00:00Z,odd\n"


def order(customer, number=1):
    """A track call as the SDKs write it."""
    return {"type": "track", "event": "Order Completed", "userId": customer, "messageId": f"{customer}-{number}",
            "properties": {"revenue": 5}}


def even_plan(customer):
    return {"type": "identify", "userId": customer, "messageId": f"plan-{customer}", "traits": {"plan": "even"}}
