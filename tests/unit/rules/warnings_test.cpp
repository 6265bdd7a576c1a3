#include "rules/load/warnings.hpp"

#include <catch2/catch.hpp>

#include "rules/load/load.hpp"

namespace segmentd::tests {
namespace {

constexpr std::string_view shop = R"(workspace: shop
people:
  - {id: dana, roles: [steward]}
  - {id: finn, roles: [approver]}
  - {id: gus, roles: [steward], left: 2027-03-01}
profile: {plan: text}
---
segment: pro
steward: dana
enter: profile.plan == 'pro'
)";

// The warnings on a day, one a line.
std::string warnings_of(const std::string& text, std::string_view day) {
    const auto loaded = rules::load_workspace({{"workspace.yaml", text}});
    INFO((loaded ? std::string() : to_text(loaded.error().front())));
    REQUIRE(loaded.has_value());
    std::string lines;
    for (const auto& warning : rules::load::find_warnings(*loaded, parse_timestamp(day).value())) {
        if (warning.rule == "no_objective" || warning.rule == "no_success_metric") continue;
        lines += to_text(warning) + "\n";
    }
    return lines;
}

std::string with(std::string text, std::string_view old, std::string_view fresh) {
    return text.replace(text.find(old), old.size(), fresh);
}

}  // namespace

TEST_CASE("a workspace that agreed on no objectives runs and its segments are warned of") {
    const auto loaded = rules::load_workspace({{"workspace.yaml", std::string(shop)}});
    REQUIRE(loaded.has_value());

    const auto warnings = rules::load::find_warnings(*loaded, parse_timestamp("2027-01-01").value());

    REQUIRE(warnings.size() == 2);
    CHECK(to_text(warnings[0]) ==
          "workspace.yaml:8:1: segment pro: it serves no objective [no_objective]; "
          "agree on objectives in workspace.yaml; every segment names one of them");
    CHECK(warnings[1].rule == "no_success_metric");
}

TEST_CASE("a segment that lives by the target of its objective is not warned of") {
    const auto agreed = with(std::string(shop), "profile: {plan: text}",
                             "profile: {plan: text}\nobjectives: [{name: growth, metric: bought, target: 20%}]\n"
                             "---\nsignal: purchase\n---\nmetric: bought\nsignal: purchase\nwindow: 7d");
    const auto loaded =
        rules::load_workspace({{"workspace.yaml", with(agreed, "steward: dana", "steward: dana\nobjective: growth")}});
    INFO((loaded ? std::string() : to_text(loaded.error().front())));
    REQUIRE(loaded.has_value());

    CHECK(rules::load::find_warnings(*loaded, parse_timestamp("2027-01-01").value()).empty());
}

TEST_CASE("a steward who left by that day, or has not the role, is warned of") {
    const auto of_gus = with(std::string(shop), "steward: dana", "steward: gus");

    CHECK(warnings_of(of_gus, "2027-02-28").empty());
    CHECK(warnings_of(of_gus, "2027-03-01") ==
          "workspace.yaml:8:1: segment pro: its steward gus left on 2027-03-01 [person_left]; "
          "name somebody who is there\n");
    CHECK(warnings_of(with(std::string(shop), "steward: dana", "steward: finn"), "2027-03-01") ==
          "workspace.yaml:8:1: segment pro: finn has not the role steward [not_a_steward]; "
          "give them the role in workspace.yaml, or name another steward\n");
}

TEST_CASE("an endpoint's owner and a step of escalation who left are warned of") {
    const auto text = std::string(shop) +
                      "---\nendpoint: crm\nowner: gus\n"
                      "---\ngovernance: council\nescalation: [{after: 1d, to: gus}, {after: 2d, to: dana}]\n";

    CHECK(warnings_of(text, "2027-02-01").empty());
    CHECK(warnings_of(text, "2027-04-01") ==
          "workspace.yaml:12:1: endpoint crm: its owner gus left on 2027-03-01 [person_left]; "
          "name somebody who is there\n"
          "workspace.yaml:16:14: governance council: escalation: gus left on 2027-03-01 [person_left]; "
          "name somebody who is there\n");
}

TEST_CASE("a signature for a day to come is warned of until that day") {
    const auto text = std::string(shop) +
                      "---\ngovernance: council\nprotected_attributes: [plan]\n"
                      "signed_exceptions: [{attribute: plan, segment: pro, by: dana, on: 2027-05-01, reason: Law.}]\n";

    CHECK(warnings_of(text, "2027-05-01").empty());
    CHECK(warnings_of(text, "2027-04-30") ==
          "workspace.yaml:14:21: signed_exceptions: dana signs for plan on 2027-05-01, a day to come [signed_ahead]; "
          "write the day on which it was signed\n");
}

}  // namespace segmentd::tests
