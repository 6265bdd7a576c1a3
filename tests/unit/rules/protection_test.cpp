// Protected attributes in conditions.
#include <catch2/catch.hpp>

#include "rules/load/load.hpp"
#include "rules/rulebook/rulebook.hpp"

namespace segmentd::tests {
namespace {

constexpr std::string_view shop = R"(workspace: shop
people: [{id: dana, name: Dana Ruiz, roles: [steward]}, {id: finn, name: Finn, roles: [approver]}]
profile: {country: text, city: text, plan: text}
---
signal: purchase
properties:
  country: {type: text}
  items: {type: integer}
---
feature: orders
signal: purchase
compute: count
)";

constexpr std::string_view protection = R"(
governance: council
protected_attributes: [country]
proxies: [profile.city, feature.orders]
)";

// The messages of everything that is refused, one a line; "" where the workspace runs.
std::string refusals(std::string_view governance, std::string_view definitions) {
    auto loaded = rules::load_workspace({{"workspace.yaml", std::string(shop)},
                                         {"governance.yaml", std::string(governance)},
                                         {"rules.yaml", std::string(definitions)}});
    INFO((loaded ? std::string() : to_text(loaded.error().front())));
    REQUIRE(loaded.has_value());
    const auto book = rules::build_rulebook(std::move(*loaded));
    if (book) return {};
    std::string text;
    for (const auto& error : book.error()) text += error.message + "\n";
    return text;
}

std::string signed_for(const char* attribute, const char* what) {
    return std::string(protection) + "signed_exceptions: [{attribute: " + attribute + ", " + what +
           ", by: finn, on: 2027-01-04, reason: The tariff differs by law.}]\n";
}

constexpr std::string_view by_country = "segment: finns\nsteward: dana\nenter: profile.country == 'FI'\n";

}  // namespace

TEST_CASE("a segment that reads a protected attribute runs only where an approver or steward signed for it") {
    CHECK(refusals(protection, by_country) == "segment finns: reads profile.country, a protected attribute\n");
    CHECK(refusals(signed_for("country", "segment: finns"), by_country).empty());
}

TEST_CASE("a signature counts for one reader and one attribute alone") {
    const std::string two =
        std::string(by_country) + "---\nsegment: swedes\nsteward: dana\nenter: profile.city == 'Umea'\n";

    CHECK(refusals(signed_for("country", "segment: finns"), two) ==
          "segment swedes: reads profile.city, a proxy of a protected attribute\n");
    CHECK(refusals(signed_for("country", "segment: swedes"), two) ==
          "segment finns: reads profile.country, a protected attribute\n"
          "segment swedes: reads profile.city, a proxy of a protected attribute\n");
}

TEST_CASE("a feature over a property of the protected name is refused, and a segment over the signed feature is not") {
    constexpr std::string_view abroad =
        "feature: last_country\nsignal: purchase\ncompute: last\nvalue: event.country\n"
        "---\nsegment: travellers\nsteward: dana\nenter: feature.last_country != 'FI'\n";

    CHECK(refusals(protection, abroad) == "feature last_country: reads event.country, a protected attribute\n");
    CHECK(refusals(signed_for("country", "feature: last_country"), abroad).empty());
}

TEST_CASE("a segment that asks about a segment over a protected attribute needs a signature of its own") {
    const std::string three = std::string(by_country) +
                              "---\nsegment: known\nsteward: dana\nenter: segment.finns\n"
                              "---\nsegment: others\nsteward: dana\nenter: '!segment.known'\n";
    auto both = signed_for("country", "segment: finns");
    both.insert(both.rfind("]"), ", {attribute: country, segment: known, by: finn, on: 2027-01-04, reason: As above.}");

    CHECK(refusals(signed_for("country", "segment: finns"), three) ==
          "segment known: reads segment.finns, which rests on profile.country, a protected attribute\n"
          "segment others: reads segment.known, which rests on profile.country, a protected attribute\n");
    CHECK(refusals(both, three) ==
          "segment others: reads segment.known, which rests on profile.country, a protected attribute\n");
}

TEST_CASE("a model may neither learn from a proxy nor towards a protected attribute") {
    constexpr std::string_view model =
        "model: stays\ntype: logistic\nfeatures: [orders]\n"
        "target: {condition: profile.country == 'FI', within: 28d}\nscores: {stays: {output: probability}}\n";

    CHECK(refusals(protection, model) ==
          "model stays: reads feature.orders, a proxy of a protected attribute\n"
          "model stays: reads profile.country, a protected attribute\n");
}

TEST_CASE("asking whether an attribute is known is reading it, and other attributes are free") {
    CHECK(refusals(protection, "segment: known\nsteward: dana\nenter: has(profile.country)\n") ==
          "segment known: reads profile.country, a protected attribute\n");
    CHECK(refusals(protection, "segment: pro\nsteward: dana\nenter: profile.plan == 'pro'\n").empty());
}

}  // namespace segmentd::tests
