// What the engine announces has the members that the catalogue promises.
#include "rules/playbooks/event_catalogue.hpp"

#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "daemon/engine/reviews/reviews.hpp"
#include "tests/unit/daemon/accounts_fixture.hpp"

namespace segmentd::tests {
namespace {

namespace json = boost::json;

constexpr std::string_view told_rules = R"(
feature: orders
signal: purchase
compute: count
window: 10d
---
segment: buyers
steward: dana
playbook: thanks
enter: feature.orders >= 1
---
playbook: thanks
touches: [{touch: thank_you, purpose: care, endpoint: crm, channel: email, message: Thank you.}]
---
endpoint: crm
owner: dana
mode: live
events: [touch, segment.entered, segment.left]
)";

bool has_type(const json::value& value, std::string_view type) {
    if (type == "string") return value.is_string();
    if (type == "integer") return value.is_int64();
    if (type == "boolean") return value.is_bool();
    if (type == "array") return value.is_array();
    return type == "object" && value.is_object();
}

void check_members(const rules::EventKind& kind, const std::string& text) {
    INFO(to_word(kind.type) << " " << text);
    const auto data = json::parse(text).as_object();
    std::size_t known = 0;
    for (const auto& member : kind.members) {
        const auto* value = data.if_contains(member.name);
        INFO(member.name);
        CHECK((value != nullptr || !member.required));
        if (value == nullptr) continue;
        CHECK(has_type(*value, member.type));
        ++known;
    }
    CHECK(known == data.size());
}

}  // namespace

TEST_CASE("touches and changes of segments are told as the catalogue says") {
    LivedEngine lived(shop(told_rules));
    auto events = lived.take(purchase("ada", at("2027-01-03"))).events;
    const auto later = lived.take(tick(at("2027-02-03"))).events;
    events.insert(events.end(), later.begin(), later.end());

    std::vector<std::string> types;
    for (const auto& [event, fate, cause, reason] : events) {
        types.push_back(event.type);
        for (const auto& kind : rules::event_catalogue()) {
            if (event.type == to_word(kind.type)) check_members(kind, event.data);
        }
    }
    CHECK(types == std::vector<std::string>{"touch", "segment.entered", "segment.left"});
}

TEST_CASE("changes of accounts are told as the catalogue says") {
    LivedEngine lived(
        teams(std::string(team_rules) + "---\nendpoint: crm\nowner: dana\nevents: [account.entered, account.left]\n"));
    lived.take(group("ada", at("2027-01-02"), "acme"));
    lived.take(purchase("ada", at("2027-01-03")));

    const auto entered = lived.take(purchase("ada", at("2027-01-03"))).events;
    const auto left = lived.take(tick(at("2027-02-03"))).events;

    REQUIRE((entered.size() == 1 && left.size() == 1));
    check_members(rules::event_kind(rules::EventType::account_entered), entered[0].event.data);
    check_members(rules::event_kind(rules::EventType::account_left), left[0].event.data);
}

TEST_CASE("reviews are told as the catalogue says") {
    check_members(rules::event_kind(rules::EventType::review_opened), daemon::review_data(daemon::Review{}));
}

}  // namespace segmentd::tests
