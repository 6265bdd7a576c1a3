#include "daemon/dashboard/brief_document.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "daemon/dashboard/texts.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

Section why_section(const json::object& why);
std::string evidence_text(const json::object& note);
Section figures_section(const json::object& brief);
Section playbook_section(const json::object& playbook, const json::value& decisions_since);
std::string touch_text(const json::object& touch);
Section success_section(const json::array& targets, const json::value& validation);
Section pilot_section(const json::object& pilot);
std::string decision_text(const json::object& decision);
std::string finding_text(const json::object& finding);
Section learnings_section(const json::array& learnings);
Section review_section(const json::object& brief);
Section membership_section(const json::object& conditions);
std::vector<std::string> texts(const json::value& list);
std::string joined(const json::value& list);

std::string word(const json::object& object, const char* name) {
    return text_of(object.at(name));
}

// A metric that asks whether something happened is a share of the customers.
std::string target_text(const json::value& target, std::string_view compute) {
    const auto number = target.to_number<double>();
    return compute == "any" ? percent_text(number) : number_text(number);
}

}  // namespace

Document brief_document(const json::object& brief) {
    Document document;
    document.title = word(brief, "title").empty() ? word(brief, "segment") : word(brief, "title");
    document.subtitle =
        fmt::format("{}. Segment {}, definitions {}, as of {}.", word(brief, "company"), word(brief, "segment"),
                    word(brief, "definitions"), minute_text(word(brief, "as_of")));
    const auto add = [&](Section section) {
        if (!section.blocks.empty()) document.sections.push_back(std::move(section));
    };
    add(why_section(brief.at("why").as_object()));
    for (const auto& [title, name] : {std::pair{"What members value", "values"},
                                      {"What they want to get done", "jobs_to_be_done"},
                                      {"What is in their way", "pain_points"}}) {
        Section section{title, {}};
        add_list(section, "", texts(brief.at(name)));
        add(std::move(section));
    }
    add(figures_section(brief));
    for (const auto& playbook : brief.at("playbooks").as_array())
        add(playbook_section(playbook.as_object(), brief.at("decisions_since")));
    add(success_section(brief.at("success").as_array(), brief.at("validation")));
    for (const auto& pilot : brief.at("pilots").as_array()) add(pilot_section(pilot.as_object()));
    add(learnings_section(brief.at("learnings").as_array()));
    add(review_section(brief));
    add(membership_section(brief.at("conditions").as_object()));
    return document;
}

namespace {

Section why_section(const json::object& why) {
    Section section{"Why this segment exists", {}};
    add_paragraph(section, word(why, "rationale"));
    const auto* title = why.if_contains("objective_title");
    if (title != nullptr) {
        std::string objective = text_of(*title);
        if (!why.at("objective_target").is_null()) {
            objective += fmt::format(" ({} at {})", word(why, "objective_metric"),
                                     target_text(why.at("objective_target"), word(why, "objective_compute")));
        }
        add_facts(section, "", {{"Objective", objective}, {"Signed by", word(why, "objective_signed_by")}});
    } else {
        add_facts(section, "", {{"Objective", word(why, "objective")}});
    }
    std::vector<std::string> evidence;
    for (const auto& note : why.at("evidence").as_array()) evidence.push_back(evidence_text(note.as_object()));
    add_list(section, "Evidence", std::move(evidence));
    return section;
}

std::string evidence_text(const json::object& note) {
    if (note.at("kind").is_null()) return word(note, "note");
    return fmt::format("{} ({} of {}: {})", word(note, "note"), word(note, "kind"), word(note, "date"),
                       word(note, "source"));
}

Section figures_section(const json::object& brief) {
    const auto& figures = brief.at("figures").as_object();
    const auto currency = word(figures, "currency");
    Section section{"In figures", {}};
    add_facts(section, "",
              {{"Members", count_text(figures.at("size").to_number<std::int64_t>())},
               {"Share of all customers", percent_text(figures.at("share").to_number<double>())},
               {"Revenue so far", amount_text(figures.at("revenue"), currency)},
               {"Expected value", amount_text(figures.at("expected_value"), currency)}});
    return section;
}

Section playbook_section(const json::object& playbook, const json::value& decisions_since) {
    const auto title = word(playbook, "title");
    Section section{"Playbook: " + (title.empty() ? word(playbook, "playbook") : title), {}};
    add_facts(section, "", {{"For", joined(playbook.at("used_by"))}, {"Owner", word(playbook, "owner")}});
    if (const auto* pause = playbook.at("paused").if_object(); pause != nullptr) {
        add_paragraph(section, fmt::format("Paused since {} by {}: {}", minute_text(word(*pause, "since")),
                                           word(*pause, "by"), word(*pause, "reason")));
    }
    add_facts(section, "",
              {{"Value proposition", word(playbook, "value_proposition")}, {"Messaging", word(playbook, "messaging")}});
    add_list(section, "Say", texts(playbook.at("say")));
    add_list(section, "Do not say", texts(playbook.at("avoid")));
    std::vector<std::pair<std::string, std::string>> dialogues;
    for (const auto& line : playbook.at("dialogues").as_array()) {
        dialogues.emplace_back("Customer", word(line.as_object(), "customer"));
        dialogues.emplace_back("We", word(line.as_object(), "us"));
    }
    add_facts(section, "Dialogues", std::move(dialogues));
    add_facts(section, "", {{"Offers and pricing", word(playbook, "pricing")}});
    add_list(section, "Features to show", texts(playbook.at("features")));
    add_list(section, "What they decide by", texts(playbook.at("decision_criteria")));
    add_list(section, "Who decides with them", texts(playbook.at("buying_committee")));
    add_facts(section, "", {{"Channels", joined(playbook.at("channels"))}});
    std::vector<std::string> touches;
    for (const auto& touch : playbook.at("touches").as_array()) touches.push_back(touch_text(touch.as_object()));
    const auto since = text_of(decisions_since);
    add_list(section, since.empty() ? "Touches" : "Touches, decisions since " + minute_text(since), touches);
    add_facts(section, "", {{"If results diverge", word(playbook, "when_results_diverge")}});
    return section;
}

std::string touch_text(const json::object& touch) {
    const auto title = word(touch, "title");
    std::string text = fmt::format("{}: when {}, by {}", title.empty() ? word(touch, "touch") : title,
                                   word(touch, "when"), word(touch, "channel"));
    for (const auto& [label, name] : {std::pair{"team", "team"}, {"purpose", "purpose"}, {"to", "endpoint"}}) {
        if (!word(touch, name).empty()) text += fmt::format(", {} {}", label, word(touch, name));
    }
    if (!word(touch, "cost").empty()) text += ", costs " + word(touch, "cost");
    if (!word(touch, "message").empty()) text += fmt::format(". “{}”", word(touch, "message"));
    if (const auto* decisions = touch.at("decisions").if_object(); decisions != nullptr) {
        const auto count = [&](const char* name) { return count_text(decisions->at(name).to_number<std::int64_t>()); };
        text += fmt::format(" Sent {}, in shadow {}, refused {}.", count("send"), count("shadow"), count("refused"));
    }
    return text;
}

Section success_section(const json::array& targets, const json::value& validation) {
    Section section{"Success", {}};
    std::vector<std::string> lines;
    for (const auto& value : targets) {
        const auto& target = value.as_object();
        const auto limit = [&](const char* name) { return target_text(target.at(name), word(target, "compute")); };
        auto line = word(target, "title").empty()
                        ? word(target, "metric")
                        : fmt::format("{} ({})", word(target, "title"), word(target, "metric"));
        line += ": target";
        if (!target.at("at_least").is_null()) line += " at least " + limit("at_least");
        if (!target.at("at_most").is_null()) line += " at most " + limit("at_most");
        if (const auto* week = target.at("last_week").if_object(); week != nullptr) {
            line +=
                fmt::format("; {} in {} with {} members: {}", target_text(week->at("value"), word(target, "compute")),
                            word(*week, "week"), count_text(week->at("members").to_number<std::int64_t>()),
                            word(*week, "state") == "met" ? "met" : "not met");
        }
        lines.push_back(std::move(line));
    }
    add_list(section, "", std::move(lines));
    if (const auto* found = validation.if_object(); found != nullptr) {
        add_facts(section, "",
                  {{"Is it real", fmt::format("{} ({} to {})", word(*found, "verdict"),
                                              word(*found, "from").substr(0, 10), word(*found, "to").substr(0, 10))}});
    }
    return section;
}

Section pilot_section(const json::object& pilot) {
    const auto title = word(pilot, "title");
    Section section{"Pilot: " + (title.empty() ? word(pilot, "pilot") : title), {}};
    std::string enrolled;
    for (const auto& [arm, count] : pilot.at("enrolled").as_object()) {
        if (!enrolled.empty()) enrolled += ", ";
        enrolled += fmt::format("{} {}", std::string(arm), count_text(count.to_number<std::int64_t>()));
    }
    add_facts(section, "",
              {{"Hypothesis", word(pilot, "hypothesis")}, {"State", word(pilot, "state")}, {"Enrolled", enrolled}});
    add_list(section, "Beware", texts(pilot.at("warnings")));
    std::vector<std::string> guardrails;
    for (const auto& value : pilot.at("guardrails").as_array()) {
        const auto& guardrail = value.as_object();
        guardrails.push_back(
            fmt::format("{}, {}: {}", word(guardrail, "metric"), word(guardrail, "arm"), word(guardrail, "verdict")));
    }
    add_list(section, "Guardrails", std::move(guardrails));
    std::vector<std::string> decisions;
    for (const auto& decision : pilot.at("decisions").as_array())
        decisions.push_back(decision_text(decision.as_object()));
    add_list(section, "Decided", std::move(decisions));
    std::vector<std::string> findings;
    for (const auto& finding : pilot.at("findings").as_array()) findings.push_back(finding_text(finding.as_object()));
    add_list(section, "What it shows", std::move(findings));
    return section;
}

std::string decision_text(const json::object& decision) {
    const auto arm = word(decision, "arm");
    return fmt::format("{}, {} verdict: {}{}: {}", word(decision, "at").substr(0, 10), word(decision, "verdict"),
                       word(decision, "decision"), arm.empty() ? "" : ' ' + arm, word(decision, "because"));
}

// The interval that may be read at any time goes before the one for the planned end.
std::string finding_text(const json::object& finding) {
    const auto number = [&](const char* name) { return finding.at(name).to_number<double>(); };
    std::string text = fmt::format("{}, {} against {}: {}", word(finding, "metric"), word(finding, "arm"),
                                   word(finding, "control"), signed_text(number("difference")));
    const bool is_always_valid = finding.at("always_valid_interval").is_array();
    const auto& interval = finding.at(is_always_valid ? "always_valid_interval" : "interval");
    if (interval.is_array()) {
        text += fmt::format(" ({} to {}, {})", signed_text(interval.at(0).to_number<double>()),
                            signed_text(interval.at(1).to_number<double>()),
                            is_always_valid ? "valid at any time" : "valid at the planned end");
    } else {
        text += " (too early for an interval)";
    }
    return text + fmt::format("; {} customers against {}", number_text(number("n")), number_text(number("n_control")));
}

Section learnings_section(const json::array& learnings) {
    Section section{"What we learned", {}};
    std::vector<std::string> lines;
    for (const auto& value : learnings) {
        const auto& learning = value.as_object();
        lines.push_back(fmt::format("{} ({} {}, cause {}, {}, {})", word(learning, "text"), word(learning, "subject"),
                                    word(learning, "name"), word(learning, "cause"), word(learning, "at").substr(0, 10),
                                    word(learning, "by")));
    }
    add_list(section, "", std::move(lines));
    return section;
}

Section review_section(const json::object& brief) {
    Section section{"Who answers for it", {}};
    const auto& governance = brief.at("governance").as_object();
    const auto& steward = governance.at("steward").as_object();
    auto name = word(steward, "name");
    if (steward.at("has_left").as_bool()) name += " (has left; somebody else must answer)";
    add_facts(section, "",
              {{"Steward", name},
               {"Reviewed every", word(governance, "review_every")},
               {"Next review", word(governance, "next_review") + (governance.at("is_due").as_bool() ? ", due" : "")}});
    std::vector<std::string> lines;
    for (const auto& value : brief.at("reviews").as_array()) {
        const auto& review = value.as_object();
        lines.push_back(fmt::format("Review {} ({}), {} by {}{}: {}", review.at("review").to_number<std::int64_t>(),
                                    word(review, "state"), word(review, "deadline").substr(0, 10),
                                    word(review, "owner"), review.at("overdue").as_bool() ? ", overdue" : "",
                                    word(review, "finding")));
    }
    add_list(section, "Open reviews", std::move(lines));
    return section;
}

Section membership_section(const json::object& conditions) {
    Section section{"Who is in it", {}};
    add_list(section, "Enters where all of these hold", texts(conditions.at("enter")));
    if (conditions.at("stay") != conditions.at("enter"))
        add_list(section, "Stays while all of these hold", texts(conditions.at("stay")));
    add_list(section, "Leaves at once where all of these hold", texts(conditions.at("leave_at_once")));
    add_facts(section, "",
              {{"Stays at least", word(conditions, "minimum_stay")},
               {"Of the family", word(conditions, "family")},
               {"Behind in the family", joined(conditions.at("comes_before"))}});
    return section;
}

std::vector<std::string> texts(const json::value& list) {
    std::vector<std::string> lines;
    for (const auto& line : list.as_array()) lines.push_back(text_of(line));
    return lines;
}

std::string joined(const json::value& list) {
    return fmt::format("{}", fmt::join(texts(list), ", "));
}

}  // namespace
}  // namespace segmentd::daemon
