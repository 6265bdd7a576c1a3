// What people read about pilots and about one customer in them.
#include <boost/json.hpp>

#include "daemon/reports/reports.hpp"
#include "tests/unit/daemon/pilots_fixture.hpp"

namespace segmentd::tests {
namespace {

namespace json = boost::json;

std::string replaced(std::string_view text, std::string_view old_part, std::string_view new_part) {
    std::string result(text);
    result.replace(result.find(old_part), old_part.size(), new_part);
    return result;
}

json::value report(const LivedEngine& lived) {
    return daemon::pilots_report(lived.engine).as_array().at(0);
}

constexpr std::string_view with_model = R"(
feature: orders
signal: purchase
compute: sum
value: event.amount
window: 30d
---
feature: days
signal: purchase
compute: recency
---
model: churn
type: logistic
features: [orders, days]
target: {condition: feature.orders > 1.0, within: 30d}
scores:
  likely: {output: probability}
)";

}  // namespace

TEST_CASE("a pilot of nobody has no sample ratio, unsettled guardrails and no warning") {
    const LivedEngine lived(shop(replaced(visitors_rules, "lagging: [spend]}",
                                          "lagging: [spend], guardrails: [{metric: orders, worse_by_at_most: 0.1}]}")));

    const auto pilot = report(lived);

    CHECK(pilot.at("sample_ratio_p").is_null());
    CHECK(json::serialize(pilot.at("warnings")) == "[]");
    CHECK(json::serialize(pilot.at("guardrails")) ==
          R"([{"metric":"orders","arm":"voucher","worse_by_at_most":1E-1,"verdict":"unsettled"}])");
}

TEST_CASE("an arm that left is reported with its customers, and changed weights end the sample ratio") {
    LivedEngine lived(shop(visitors_rules));
    for (int i = 0; i < 20; ++i) lived.take(visit("customer " + std::to_string(i), at("2027-02-02")));
    const auto before = lived.engine.pilots().states().at(0).enrolled(0);

    lived.take(
        definitions(at("2027-02-03"), shop(replaced(visitors_rules, "voucher: {weight", "call: {weight")), "v2"));
    const auto pilot = report(lived);

    CHECK(pilot.at("enrolled").at("plain") == before[0]);
    CHECK(pilot.at("enrolled").at("call") == 0);
    CHECK(pilot.at("arms_that_left").at("voucher") == before[1]);
    CHECK(pilot.at("sample_ratio_p").is_null());
    CHECK(pilot.at("warnings").as_array().size() == 1);
}

TEST_CASE("a score that is not known has no reasons") {
    LivedEngine lived(shop(with_model));
    ModelRecord model;
    model.model = ModelId("churn");
    model.type = "logistic";
    model.version = 1;
    model.parameters = {{"intercept", -1.0}, {"coefficient.orders", 2.0}};
    lived.take(record_of("", at("2027-01-03"), model));
    lived.take(visit("ada", at("2027-01-04")));
    lived.take(purchase("bob", at("2027-01-04")));

    const auto unknown = daemon::explain_report(lived.engine, CustomerId("ada"))->at("scores").at("likely");
    const auto known = daemon::explain_report(lived.engine, CustomerId("bob"))->at("scores").at("likely");

    CHECK(unknown.at("value").is_null());
    CHECK_FALSE(unknown.as_object().contains("reasons"));
    CHECK(known.as_object().contains("reasons"));
}

}  // namespace segmentd::tests
