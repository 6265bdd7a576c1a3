#include <catch2/catch.hpp>

#include "rules/load/folders.hpp"
#include "rules/load/load.hpp"
#include "tests/unit/rules/workspace_files.hpp"

namespace segmentd::rules {
namespace {

Definitions loaded(const WorkspaceFiles& files) {
    auto definitions = load_workspace(files);
    if (!definitions) {
        for (const auto& error : definitions.error()) UNSCOPED_INFO(to_text(error));
    }
    REQUIRE(definitions.has_value());
    return *std::move(definitions);
}

WorkspaceFiles files_of(const std::string& workspace) {
    return tests::read_workspace(tests::source_folder() / "tests" / workspace);
}

}  // namespace

TEST_CASE("the workspace of the music shop loads") {
    const auto definitions = loaded(files_of("workspaces/cdnow"));

    CHECK(definitions.workspace.currency == "USD");
    CHECK(to_date_text(*definitions.workspace.clock_start) == "1998-07-01");
    CHECK(definitions.segments.size() == 4);
    CHECK(definitions.sources.size() == 2);
    const auto* model = find(definitions.models, ModelId("repeat_purchases"));
    REQUIRE(model != nullptr);
    CHECK(model->time_decimals == 2);
    CHECK(model->scores.at(1).name == "expected_purchases_39w");
    CHECK(model->scores.at(1).horizon == std::chrono::days(39 * 7));
    const auto* pilot = find(definitions.pilots, PilotId("voucher_trial"));
    REQUIRE(pilot != nullptr);
    CHECK(pilot->design.smallest_effect == 0.03);
    CHECK(pilot->arms.at(0).control);
    CHECK(pilot->seed == "voucher_trial");
    CHECK(pilot->decide_lagging.ship.text == "spend_180d_after.not_worse");
}

TEST_CASE("a file whose name is not UTF-8 is refused") {
    auto files = files_of("workspaces/cdnow");
    files
        ["segments/stra\xdf"
         "e.yaml"] = "feature: orders\nsignal: purchase\ncompute: count\n";

    const auto loaded = load_workspace(files);

    REQUIRE_FALSE(loaded.has_value());
    CHECK(to_text(loaded.error().front()) ==
          "segments/stra?e.yaml: its name is not UTF-8 [not_utf8]; give the file another name");
}

TEST_CASE("the workspace of the e-mail trial loads") {
    const auto definitions = loaded(files_of("workspaces/hillstrom"));

    const auto* trial = find(definitions.sources, SourceId("trial"));
    REQUIRE(trial != nullptr);
    CHECK(trial->emit.at(0).assignment->id == PilotId("email_trial"));
    CHECK(trial->emit.at(1).when.at(0).text == "row.visit == '1'");
    const auto* pilot = find(definitions.pilots, PilotId("email_trial"));
    REQUIRE(pilot != nullptr);
    CHECK(pilot->assignment == AssignmentRule::imported);
    CHECK(pilot->arms.size() == 3);
    CHECK(pilot->report_by.size() == 3);
    CHECK(definitions.workspace.purposes.at(0).basis == Basis::legitimate_interest);
}

TEST_CASE("what the small workspace says arrives in the definitions") {
    const auto definitions = loaded(files_of("configs/base"));

    const auto& segment = definitions.segments.at(0);
    CHECK(segment.enter.at(1).text == "score.value >= threshold.good");
    CHECK(segment.enter.at(1).place.file == "segments/regulars.yaml");
    CHECK(segment.enter.at(1).place.line == 9);
    CHECK(segment.enter.at(1).place.column == 5);
    CHECK(segment.minimum_stay == std::chrono::days(14));
    CHECK(segment.success_metrics.at(0).at_least == 0.2);
    const auto& signal = definitions.signals.at(0);
    CHECK(signal.properties.at(0).path == "revenue");
    CHECK(signal.properties.at(1).path == "items");
    CHECK(signal.properties.at(1).at_most == 1000.0);
    const auto& touch = definitions.playbooks.at(0).touches.at(0);
    CHECK(touch.cost == Money{2, "EUR"});
    CHECK(touch.when == TouchTrigger::entered);
    const auto& pilot = definitions.pilots.at(0);
    CHECK(pilot.layer == "offers");
    CHECK(pilot.guardrails.at(0).worse_by_at_most == 0.02);
    CHECK(pilot.decide_lagging.otherwise == "revert");
    CHECK(definitions.governance.at(0).drift.monitors.at(0).reference_share == 0.4);
    CHECK(definitions.sources.at(0).emit.at(0).consent.at("offers"));
    CHECK(definitions.models.at(0).thresholds.at("good") == 100.0);
}

TEST_CASE("definitions come sorted by name whatever file they stand in") {
    auto files = files_of("configs/base");
    files["a_last.yaml"] = "endpoint: zebra\nowner: finn\n---\nendpoint: antelope\nowner: finn\n";

    const auto definitions = loaded(files);

    CHECK(definitions.endpoints.front().id.text == "antelope");
    CHECK(definitions.endpoints.back().id.text == "zebra");
}

TEST_CASE("the version changes with any byte and with nothing else") {
    auto files = files_of("configs/base");
    const auto before = loaded(files).version;
    const auto again = loaded(files).version;
    files["segments/regulars.yaml"] += "# a remark\n";

    CHECK(before.size() == 12);
    CHECK(before == again);
    CHECK(loaded(files).version != before);
}

TEST_CASE("files that are not YAML are left out") {
    auto files = files_of("configs/base");
    files["README.md"] = "segment: [not yaml";
    files["data/orders.csv"] = std::string("\0\xFF", 2);

    CHECK(load_workspace(files).has_value());
}

TEST_CASE("an owner is checked only where people are declared") {
    const WorkspaceFiles files = {{"workspace.yaml", "workspace: shop\n"},
                                  {"e.yml", "endpoint: crm\nowner: anybody\n"}};

    CHECK(load_workspace(files).has_value());
}

TEST_CASE("a file that cannot be read does not make its names unknown to others") {
    auto files = files_of("configs/base");
    files["playbooks/thanks.yaml"] = "playbook: thanks\ntitle: [\n";

    const auto result = load_workspace(files);

    REQUIRE_FALSE(result.has_value());
    REQUIRE(result.error().size() == 1);
    CHECK(result.error().at(0).rule == "yaml_syntax");
}

TEST_CASE("errors come by file and line whatever finds them") {
    auto files = files_of("configs/base");
    files["endpoints/crm.yaml"] = "endpoint: crm\nowner: nobody\nmod: live\n";
    files["workspace.yaml"] += "zone_: UTC\n";

    const auto result = load_workspace(files);

    REQUIRE_FALSE(result.has_value());
    REQUIRE(result.error().size() == 3);
    CHECK(result.error().at(0).rule == "unknown_name");
    CHECK(result.error().at(0).where.line == 2);
    CHECK(result.error().at(1).rule == "unknown_key");
    CHECK(result.error().at(1).where.line == 3);
    CHECK(result.error().at(2).where.file == "workspace.yaml");
}

TEST_CASE("three arms of a third each add to a whole") {
    auto files = files_of("configs/base");
    files["pilots/spring.yaml"] =
        "pilot: spring\nhypothesis: It helps.\nmetrics: {primary: bought_again}\narms:\n"
        "  a: {weight: 33.33%, control: true}\n  b: {weight: 33.33%}\n  c: {weight: 33.33%}\n";

    CHECK(loaded(files).pilots.at(0).arms.size() == 3);
}

TEST_CASE("a word that only looks like a secret is no secret") {
    auto files = files_of("configs/base");
    files["endpoints/crm.yaml"] =
        "endpoint: crm\nowner: finn\ntitle: Bearer of good news, signed with a whsec_ key at https://crm.example\n";

    CHECK(load_workspace(files).has_value());
}

TEST_CASE("a definition in the folder of another kind is a warning with its place") {
    auto files = files_of("configs/base");
    files["pilots/more.yaml"] = "\nsegment: misplaced\nobjective: growth\nsteward: dana\nenter: feature.spend > 1.0\n";
    files["more.yaml"] = "segment: at_the_top\nobjective: growth\nsteward: dana\nenter: feature.spend > 1.0\n";

    const auto warnings = find_misplaced(load_workspace(files).value());

    REQUIRE(warnings.size() == 1);
    CHECK(to_text(warnings.front()) ==
          "pilots/more.yaml:2:1: this belongs into segments/ [wrong_folder]; it counts all the same; move it so that "
          "others find it");
}

}  // namespace segmentd::rules
