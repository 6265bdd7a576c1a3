// The brief of a small shop whose texts try to be HTML, in its three forms.
#include "daemon/reports/brief_report.hpp"

#include "base/json_text.hpp"
#include "daemon/dashboard/brief_document.hpp"
#include "daemon/dashboard/pages.hpp"
#include "tests/unit/daemon/engine_fixture.hpp"
#include "tests/unit/rules/workspace_files.hpp"

namespace segmentd::tests {
namespace {

constexpr std::string_view rules_text = R"(
feature: visits_30d
signal: visit
compute: count
window: 30d
---
metric: bought
title: Bought within a week
signal: purchase
window: 7d
---
endpoint: mailer
owner: dana
---
playbook: welcome
title: Say <b>hello</b> & mean it
owner: dana
value_proposition: Records that you will "keep".
say: [hello, <script>alert(1)</script>]
avoid: [special offer]
dialogues:
  - {customer: Too loud., us: Then turn it down.}
buying_committee: [the neighbour]
touches:
  - {touch: hello, when: entered, channel: email, purpose: care, endpoint: mailer, message: Hello., cost: 0.02 EUR}
---
playbook: voucher
touches:
  - {touch: gift, when: entered, channel: email, purpose: care, endpoint: mailer, message: A gift.}
---
segment: visitors
title: Visitors <script>alert('title')</script>
objective: growth
rationale: They come before they buy.
evidence: [three interviews]
values: [time to listen]
steward: dana
playbook: welcome
enter: feature.visits_30d >= 1
success_metrics: [{metric: bought, at_least: 20%}]
review_every: 90d
---
pilot: gift
hypothesis: A gift makes visitors buy.
segment: visitors
arms: {plain: {weight: 50%, control: true}, gift: {weight: 50%, playbook: voucher}}
enrol: {from: 2027-02-01, until: 2027-03-01}
observe_until: 2027-04-01
layer: offers
metrics: {primary: bought}
)";

Record learning(Timestamp when, LearningSubject subject, const std::string& name, const std::string& text) {
    auto record = record_of("", when, LearningRecord{});
    auto& payload = std::get<LearningRecord>(record.payload);
    payload.subject = subject;
    payload.name = name;
    payload.cause = LearningCause::hypothesis;
    payload.text = text;
    return record;
}

constexpr std::string_view objective_text = R"(
objectives:
  - {name: growth, title: More visitors buy, metric: bought, target: 15%, signed_by: dana}
)";

Files brief_shop() {
    auto files = shop(rules_text);
    files["workspace.yaml"] += objective_text;
    return files;
}

// The shop after two visits and two learnings, one of which is about something else.
struct BriefCase {
    LivedEngine lived{brief_shop()};

    BriefCase() {
        lived.take(visit("ada", at("2027-01-02")));
        lived.take(visit("bob", at("2027-01-03")));
        lived.take(learning(at("2027-01-04"), LearningSubject::pilot, "gift", "Gifts are <i>kept</i>, not used."));
        lived.take(learning(at("2027-01-05"), LearningSubject::pilot, "other", "Not about this."));
    }

    boost::json::object brief() const { return brief_report_of("visitors"); }
    boost::json::object brief_report_of(const char* segment) const {
        auto brief = daemon::brief_report(lived.engine, SegmentId(segment));
        REQUIRE(brief.has_value());
        return *brief;
    }
};

LedgerEntry touch_line(Timestamp when, const std::string& id, const std::string& decision, const std::string& segment) {
    LedgerEntry line;
    line.kind = LedgerKind::event;
    line.at = when;
    line.name = "mailer";
    line.details = R"({"id":")" + id + R"(","type":"touch","decision":")" + decision +
                   R"(","reason":"","data":{"customer":"ada","touch":"hello","playbook":"welcome","segment":")" +
                   segment + R"("}})";
    return line;
}

TEST_CASE("a brief tells what the workspace says and what the engine knows of a segment") {
    const BriefCase shown;

    const auto brief = shown.brief();

    CHECK(json_text(brief.at("figures")) ==
          R"({"size":2,"share":1,"revenue":null,"expected_value":null,"currency":"EUR"})");
    CHECK(brief.at("playbooks").as_array().size() == 2);
    CHECK(json_text(brief.at("playbooks").at(1).at("used_by")) == R"(["arm gift of the pilot gift"])");
    CHECK(brief.at("learnings").as_array().size() == 1);
    CHECK(
        json_text(brief.at("success")) ==
        R"([{"metric":"bought","title":"Bought within a week","compute":"any","at_least":0.2,"at_most":null,"last_week":null}])");
}

TEST_CASE("a brief of an unknown segment is not found") {
    const BriefCase shown;

    const auto brief = daemon::brief_report(shown.lived.engine, SegmentId("nobody"));

    REQUIRE_FALSE(brief.has_value());
    CHECK(brief.error().code == ErrorCode::not_found);
}

TEST_CASE("decisions of a touch are counted for this segment alone") {
    auto brief = BriefCase().brief();

    daemon::add_decisions(
        brief,
        {touch_line(at("2027-01-02"), "a", "shadow", "visitors"),
         touch_line(at("2027-01-03"), "b", "refused", "visitors"),
         touch_line(at("2027-01-03"), "c", "shadow", "visitors"), touch_line(at("2027-01-03"), "d", "send", "others")},
        false);

    const auto& touch = brief.at("playbooks").at(0).at("touches").at(0);
    CHECK(json_text(touch.at("decisions")) == R"({"send":0,"shadow":2,"refused":1})");
    CHECK(brief.at("decisions_since") == "2027-01-02T00:00:00Z");
}

TEST_CASE("a brief reads as approved in a terminal and in a browser, and no text becomes HTML") {
    BriefCase shown;
    shown.lived.take(
        record_of("", at("2027-01-06"),
                  PilotDecisionRecord{PilotId("gift"), PilotVerdict::leading, "ship", "gift", "bought rose"}));
    auto brief = shown.brief();
    daemon::add_decisions(brief, {touch_line(at("2027-01-02"), "a", "shadow", "visitors")}, true);
    brief["definitions"] = "0123456789ab";
    const auto folder = source_folder() / "tests/golden";

    const auto document = daemon::brief_document(brief);
    const auto text = daemon::document_text(document, 80);
    const auto html = daemon::document_page(document, daemon::PagePlace::file);

    CHECK(text == approved_text(folder / "brief.approved.txt", text));
    CHECK(html == approved_text(folder / "brief.approved.html", html));
    CHECK(html.find("<script") == std::string::npos);
    CHECK(html.find("<b>") == std::string::npos);
    CHECK(html.find("&lt;script&gt;alert(1)&lt;/script&gt;") != std::string::npos);
}

TEST_CASE("control characters of a text do not reach the terminal") {
    daemon::Document document;
    document.title = "A\x1b[31mred\xc2\x9b title";
    document.sections.push_back({"S", {}});
    daemon::add_paragraph(document.sections.back(), "one two\x07three");

    const auto text = daemon::document_text(document, 8);

    CHECK(text == "A [31mred title\n===============\n\nS\n-\none two\nthree\n");
}

}  // namespace
}  // namespace segmentd::tests
