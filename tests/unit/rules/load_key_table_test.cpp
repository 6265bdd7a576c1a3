#include "rules/load/key_table.hpp"

#include <catch2/catch.hpp>

#include "rules/load/readers.hpp"
#include "rules/load/yaml_parse.hpp"

namespace segmentd::rules::load {
namespace {

struct Plan {
    std::string title;
    std::optional<Duration> window;
    std::vector<std::string> channels;
    std::map<std::string, double> limits;
    SourcePlace place;
};

void refuse_long_windows(Plan& plan, const Node& node, Reading& reading) {
    if (plan.window && *plan.window > std::chrono::days(365)) {
        reading.refuse({node.find("window")->at, "too_long", "a plan is for a year", "shorten it"});
    }
}

const Table<Plan>& plan_table() {
    static const Table<Plan> table{"A plan.",
                                   {
                                       required("title", &Plan::title, text(), "what it is"),
                                       optional("window", &Plan::window, window(), "how long"),
                                       optional("channels", &Plan::channels, list_of(text()), "where"),
                                       optional("limits", &Plan::limits, map_of(plain_name, number()), "how much"),
                                       not_built<Plan>("budget", "what it may cost"),
                                   },
                                   refuse_long_windows};
    return table;
}

struct Outcome {
    std::optional<Plan> plan;
    std::vector<Error> errors;
};

Outcome read_plan(const std::string& yaml) {
    const auto documents = parse_documents(yaml);
    REQUIRE(documents.refusals.empty());
    Reading reading;
    reading.begin_file("plan.yaml");
    reading.begin_definition("plan");
    auto plan = record(plan_table()).read(documents.nodes.at(0), reading);
    return {std::move(plan), reading.take_errors()};
}

}  // namespace

TEST_CASE("a table reads the keys it knows into members") {
    const auto [plan, errors] =
        read_plan("title: Spring\nwindow: 30d\nchannels: [email, phone]\nlimits: {touches: 3}\n");

    REQUIRE(plan.has_value());
    CHECK(plan->title == "Spring");
    CHECK(plan->window == std::chrono::days(30));
    CHECK(plan->channels == std::vector<std::string>{"email", "phone"});
    CHECK(plan->limits.at("touches") == 3.0);
    CHECK(plan->place.line == 1);
}

TEST_CASE("an unknown key gets the nearest known key as its hint") {
    const auto [plan, errors] = read_plan("title: Spring\nwindwo: 30d\n");

    CHECK_FALSE(plan.has_value());
    REQUIRE(errors.size() == 1);
    CHECK(to_text(errors[0]) == "plan.yaml:2:1: plan: unknown key 'windwo' [unknown_key]; did you mean 'window'?");
}

TEST_CASE("a key that is near nothing gets the known keys as its hint") {
    const auto [plan, errors] = read_plan("title: Spring\nhypotheses: none\n");

    REQUIRE(errors.size() == 1);
    CHECK(errors[0].hint == "use one of: title, window, channels, limits");
}

TEST_CASE("a missing required key is refused with what it is for") {
    const auto [plan, errors] = read_plan("window: 30d\n");

    REQUIRE(errors.size() == 1);
    CHECK(to_text(errors[0]) == "plan.yaml:1:1: plan: key 'title' is missing [missing_key]; add title: what it is");
}

TEST_CASE("a mistyped required key is one mistake and not two") {
    const auto [plan, errors] = read_plan("titel: Spring\n");

    REQUIRE(errors.size() == 1);
    CHECK(errors[0].rule == "unknown_key");
}

TEST_CASE("a key without a value is refused where the key stands") {
    const auto [plan, errors] = read_plan("title: Spring\nwindow:\nchannels: [email]\n");

    REQUIRE(errors.size() == 1);
    CHECK(errors[0].rule == "missing_value");
    CHECK(errors[0].where.line == 2);
}

TEST_CASE("a key that is not built is refused by name") {
    const auto [plan, errors] = read_plan("title: Spring\nbudget: 5 EUR\n");

    REQUIRE(errors.size() == 1);
    CHECK(errors[0].rule == "not_built");
    CHECK(errors[0].code == ErrorCode::unsupported);
}

TEST_CASE("what several keys say together is judged only where each was read") {
    CHECK(read_plan("title: Spring\nwindow: 400d\n").errors.at(0).rule == "too_long");
    CHECK(read_plan("titel: Spring\nwindow: 400d\n").errors.size() == 1);
}

TEST_CASE("an error deep inside names the keys on the way") {
    const auto [plan, errors] = read_plan("title: Spring\nlimits: {touches: many}\n");

    REQUIRE(errors.size() == 1);
    CHECK(errors[0].message == "plan: limits.touches: 'many' is not a number");
    CHECK(errors[0].where.column == 19);
}

TEST_CASE("a message stays on one line whatever the file holds") {
    const auto [plan, errors] = read_plan("title: Spring\n\"a\\nb\": x\nwindow: \"1\\n2\"\n");

    REQUIRE(errors.size() == 2);
    for (const auto& error : errors) CHECK(to_text(error).find('\n') == std::string::npos);
}

TEST_CASE("the table writes its own schema") {
    const auto schema = shape_of(plan_table()).schema;

    CHECK(schema.find(R"("required":["title"])") != std::string::npos);
    CHECK(schema.find(R"("title":{"description":"what it is","type":"string"})") != std::string::npos);
    CHECK(schema.find("budget") == std::string::npos);
}

}  // namespace segmentd::rules::load
