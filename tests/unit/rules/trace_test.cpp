#include "rules/expression/trace.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "rules/expression/value_text.hpp"

namespace segmentd::rules::expression {
namespace {

Declarations shop() {
    Declarations declarations;
    declarations.add_record("feature", {{"orders", TypeKind::integer, 0}, {"days", TypeKind::integer, 1}});
    declarations.add_record("profile", {{"plan", TypeKind::string, 2}, {"tags", Type::list_of(TypeKind::string), 3}});
    return declarations;
}

// Two orders, 40 days ago; plan and tags are as given.
std::vector<TracedPart> traced(const std::string& text, Value plan = {}, Value tags = {}) {
    const auto program = compile(text, shop(), Limits{});
    INFO(text);
    REQUIRE(program);
    const std::vector<Value> row{Value::integer(2), Value::integer(40), std::move(plan), std::move(tags)};
    return trace(*program, row);
}

// Each part as "text=value", with its input's name before it where it is one, and * where it was not asked.
std::vector<std::string> told(const std::string& text, Value plan = {}, Value tags = {}) {
    std::vector<std::string> lines;
    for (const auto& part : traced(text, std::move(plan), std::move(tags))) {
        lines.push_back(std::string(part.is_reached ? "" : "*") + text.substr(part.span.offset, part.span.length) +
                        "=" + (part.value.is_missing() ? part.error : to_json_text(part.value)));
    }
    return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a trace gives the truth of every part and the values used") {
    CHECK(told("feature.orders >= 2 && feature.days < 30") == Lines{"feature.orders >= 2 && feature.days < 30=false",
                                                                    "feature.orders >= 2=true", "feature.orders=2",
                                                                    "feature.days < 30=false", "feature.days=40"});
}

TEST_CASE("what stands behind the deciding operand was not asked, and is told all the same") {
    CHECK(told("feature.orders >= 2 || feature.days < 30") == Lines{"feature.orders >= 2 || feature.days < 30=true",
                                                                    "feature.orders >= 2=true", "feature.orders=2",
                                                                    "*feature.days < 30=false", "*feature.days=40"});
}

TEST_CASE("of a conditional one branch is taken") {
    const auto parts = traced("feature.days > 30 ? feature.orders > 5 : true");

    REQUIRE(parts.size() == 6);
    CHECK(parts[1].role == PartRole::condition);
    CHECK(parts[3].role == PartRole::branch);
    CHECK(parts[3].is_reached);
    CHECK(parts[5].role == PartRole::branch);
    CHECK_FALSE(parts[5].is_reached);
    CHECK(parts[5].parent == 0);
}

TEST_CASE("an input that is not known is named") {
    CHECK(told("profile.plan == 'pro' || feature.orders > 9") ==
          Lines{"profile.plan == 'pro' || feature.orders > 9=profile.plan is missing",
                "profile.plan == 'pro'=profile.plan is missing", "profile.plan=profile.plan is missing",
                "feature.orders > 9=false", "feature.orders=2"});
}

TEST_CASE("a part is shown with the parentheses that belong to it") {
    CHECK(told("!(feature.orders + 1 > 2) && has(profile.plan)") ==
          Lines{"!(feature.orders + 1 > 2) && has(profile.plan)=false", "!(feature.orders + 1 > 2)=false",
                "feature.orders + 1 > 2=true", "feature.orders + 1=3", "feature.orders=2", "*has(profile.plan)=false",
                "*has(profile.plan)=profile.plan is missing"});
    CHECK(told("(feature.days - 10) / 2 > size(profile.plan)", Value::string("pro")) ==
          Lines{"(feature.days - 10) / 2 > size(profile.plan)=true", "(feature.days - 10) / 2=15",
                "feature.days - 10=30", "feature.days=40", "size(profile.plan)=3", "profile.plan=\"pro\""});
    CHECK(told("profile.plan.startsWith('p')", Value::string("pro")) ==
          Lines{"profile.plan.startsWith('p')=true", "profile.plan=\"pro\""});
    CHECK(told("-1 < feature.days") == Lines{"-1 < feature.days=true", "feature.days=40"});
}

TEST_CASE("a macro is one part, and its range another") {
    CHECK(told("profile.tags.exists(tag, tag == 'vip')", {}, Value::list({Value::string("vip")})) ==
          Lines{"profile.tags.exists(tag, tag == 'vip')=true", "profile.tags=[\"vip\"]"});
}

TEST_CASE("traces of one program can be laid over each other") {
    const std::string text = "profile.plan == 'pro' ? feature.days < 30 : feature.orders in [1, 2]";

    const auto one = traced(text, Value::string("pro"));
    const auto other = traced(text);

    REQUIRE(one.size() == other.size());
    for (std::size_t i = 0; i < one.size(); ++i) {
        CHECK(one[i].span.offset == other[i].span.offset);
        CHECK(one[i].parent == other[i].parent);
    }
}

}  // namespace segmentd::rules::expression
