#include <catch2/catch.hpp>

#include "tests/unit/daemon/engine_fixture.hpp"

namespace segmentd::tests {
namespace {

std::string rules_with(std::string_view existing_members) {
    return R"(
feature: orders_10d
signal: purchase
compute: count
window: 10d
---
segment: buyers
steward: dana
playbook: thanks
enter: feature.orders_10d >= 1
---
playbook: thanks
)" + std::string(existing_members) +
           R"(
touches:
  - {touch: thank_you, purpose: care, endpoint: crm}
---
endpoint: crm
owner: dana
mode: live
)";
}

Files contacting_shop() {
    return shop(rules_with("existing_members: contact"));
}

}  // namespace

TEST_CASE("who entered by import is not contacted later either, unless the playbook says so") {
    LivedEngine lived(shop(rules_with("")));
    lived.take(historical(purchase("ada", at("2027-01-03"))));

    const auto effects = lived.take(visit("bob", at("2027-01-04")));

    CHECK(touches_of(effects).empty());
}

TEST_CASE("who entered by import is contacted at the first live record where the playbook says so") {
    LivedEngine lived(contacting_shop());
    const auto imported = lived.take(historical(purchase("ada", at("2027-01-03"))));

    const auto effects = lived.take(visit("bob", at("2027-01-04")));

    CHECK(touches_of(imported).empty());
    CHECK(touches_of(effects) == "ada thank_you send");
    CHECK(to_text(effects.events.front().event.at) == "2027-01-04T00:00:00Z");
}

TEST_CASE("an existing member is contacted once") {
    LivedEngine lived(contacting_shop());
    lived.take(historical(purchase("ada", at("2027-01-03"))));
    lived.take(visit("bob", at("2027-01-04")));

    const auto effects = lived.take(definitions(at("2027-01-05"), contacting_shop(), "v2"));

    CHECK(touches_of(effects).empty());
}

TEST_CASE("who left before the first live record is no existing member") {
    LivedEngine lived(contacting_shop());
    lived.take(historical(purchase("ada", at("2027-01-03"))));
    lived.take(historical(purchase("bob", at("2027-02-03"))));

    const auto effects = lived.take(visit("cleo", at("2027-02-04")));

    CHECK(touches_of(effects) == "bob thank_you send");
}

TEST_CASE("members who were contacted live are left alone when the playbook starts to ask for existing ones") {
    LivedEngine lived(shop(rules_with("")));
    lived.take(purchase("ada", at("2027-01-03")));

    const auto effects = lived.take(definitions(at("2027-01-04"), contacting_shop(), "v2"));

    CHECK(touches_of(effects).empty());
}

TEST_CASE("definitions that make members of old customers contact them where the playbook says so") {
    LivedEngine lived(shop(rules_with("").replace(rules_with("").find("orders_10d >= 1"), 15, "orders_10d >= 9")));
    lived.take(purchase("ada", at("2027-01-03")));

    const auto effects = lived.take(definitions(at("2027-01-04"), contacting_shop(), "v2"));

    CHECK(changes_of(effects) == "ada+buyers@2027-01-04T00:00:00Z");
    CHECK(touches_of(effects) == "ada thank_you send");
}

TEST_CASE("what a standstill brought about is caught up on where the playbook says so") {
    LivedEngine lived(contacting_shop());
    lived.take(historical(purchase("ada", at("2027-01-03"))));

    const auto effects = lived.take(tick(at("2027-01-05"), true));

    CHECK(touches_of(effects) == "ada thank_you send");
}

}  // namespace segmentd::tests
