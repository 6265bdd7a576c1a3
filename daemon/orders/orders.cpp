#include "daemon/orders/orders.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/choices.hpp"
#include "rules/expression/utf8.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

constexpr std::size_t longest_text = 10'000;
constexpr Days longest_snooze{90};

tl::unexpected<Error> unknown(const char* what, const std::string& name) {
    return fail(ErrorCode::not_found, fmt::format("the definitions in force have no {} '{}'", what, name));
}

// What is not UTF-8 could never be read back as JSON.
Result<void> check_texts(const json::object& words) {
    for (const auto& [name, value] : words) {
        const auto* text = value.if_string();
        if (text != nullptr && !rules::expression::is_utf8(*text)) {
            return fail(ErrorCode::invalid, fmt::format("'{}' is not UTF-8", std::string_view(name)),
                        "write it in UTF-8");
        }
    }
    return {};
}

Result<std::string> text_of(const json::object& words, const char* name) {
    const auto* value = words.if_contains(name);
    const auto* text = value == nullptr ? nullptr : value->if_string();
    if (text == nullptr || std::ranges::all_of(*text, [](char c) { return c == ' ' || c == '\t' || c == '\n'; })) {
        return fail(ErrorCode::invalid, fmt::format("'{}' is missing", name), fmt::format("say the {}", name));
    }
    if (text->size() > longest_text) {
        return fail(ErrorCode::invalid, fmt::format("'{}' is longer than {} bytes", name, longest_text));
    }
    return std::string(*text);
}

template <IsChoice Choice>
Result<Choice> choice_in(const json::object& words, const char* name) {
    TRY(word, text_of(words, name));
    if (const auto choice = choice_of<Choice>(word)) return *choice;
    return fail(ErrorCode::invalid,
                fmt::format("'{}' is no {}; write one of {}", word, name, fmt::join(choice_words<Choice>, ", ")));
}

bool is_known_target(const Engine& engine, PauseTarget target, const std::string& name) {
    const auto& definitions = engine.population().book().definitions;
    if (engine.pauses().find(target, name) != nullptr) return true;
    switch (target) {
        case PauseTarget::playbook: return rules::find(definitions.playbooks, PlaybookId(name)) != nullptr;
        case PauseTarget::pilot: return rules::find(definitions.pilots, PilotId(name)) != nullptr;
        case PauseTarget::endpoint: return rules::find(definitions.endpoints, EndpointId(name)) != nullptr;
    }
    return false;
}

// What the name belongs to, as said or as the only one of that name.
Result<PauseTarget> target_of(const Engine& engine, const json::object& words, const std::string& name) {
    if (words.contains("target")) return choice_in<PauseTarget>(words, "target");
    std::vector<PauseTarget> found;
    for (const auto target : {PauseTarget::playbook, PauseTarget::pilot, PauseTarget::endpoint}) {
        if (is_known_target(engine, target, name)) found.push_back(target);
    }
    if (found.empty()) return unknown("playbook, pilot or endpoint", name);
    if (found.size() == 1) return found.front();
    return fail(ErrorCode::invalid, fmt::format("'{}' is a {} and a {}", name, to_word(found[0]), to_word(found[1])),
                fmt::format("say which one: {} {}", to_word(found[0]), name));
}

Result<Payload> pause(const Engine& engine, const json::object& words, bool paused) {
    TRY(name, text_of(words, "name"));
    TRY(target, target_of(engine, words, name));
    const bool is_paused = engine.pauses().find(target, name) != nullptr;
    if (!is_known_target(engine, target, name)) return unknown(to_word(target), name);
    if (is_paused == paused) {
        return fail(ErrorCode::conflict,
                    fmt::format("{} {} is {}", to_word(target), name, paused ? "paused already" : "not paused"));
    }
    return PauseRecord{target, name, paused};
}

Result<Payload> review(const Engine& engine, const json::object& words) {
    ReviewRecord record;
    TRY(action, choice_in<ReviewAction>(words, "action"));
    record.action = action;
    const auto* number = words.if_contains("review");
    if (number == nullptr || !number->is_int64()) return fail(ErrorCode::invalid, "'review' is the number of a review");
    record.review = number->get_int64();
    if (action == ReviewAction::snooze) {
        TRY(text, text_of(words, "until"));
        TRY(until, engine.calendar().parse_timestamp(text));
        if (until > engine.engine_time() + longest_snooze) {
            return fail(ErrorCode::invalid, fmt::format("{} is more than 90 days ahead", to_text(until)),
                        "snooze for 90 days at most, or decide the review");
        }
        record.until = until;
    }
    if (auto checked = check_action(engine.reviews().all(), record, engine.engine_time()); !checked) {
        return fail(std::move(checked).error());
    }
    return record;
}

Result<Payload> learning(const Engine& engine, const json::object& words) {
    LearningRecord record;
    TRY(subject, choice_in<LearningSubject>(words, "subject"));
    TRY(name, text_of(words, "name"));
    TRY(cause, choice_in<LearningCause>(words, "cause"));
    TRY(text, text_of(words, "text"));
    const auto& definitions = engine.population().book().definitions;
    const bool is_known = subject == LearningSubject::segment
                              ? rules::find(definitions.segments, SegmentId(name)) != nullptr
                              : rules::find(definitions.pilots, PilotId(name)) != nullptr;
    if (!is_known) return unknown(to_word(subject), name);
    return LearningRecord{subject, name, cause, text};
}

Result<Payload> touch_test(const Engine& engine, const json::object& words) {
    TRY(name, text_of(words, "playbook"));
    TRY(tester, text_of(words, "tester"));
    const auto& definitions = engine.population().book().definitions;
    const auto* playbook = rules::find(definitions.playbooks, PlaybookId(name));
    if (playbook == nullptr) return unknown("playbook", name);
    const auto& testers = definitions.workspace.testers;
    const auto listed = std::ranges::find(testers, tester, &rules::Tester::name);
    if (listed == testers.end()) {
        return fail(ErrorCode::not_found, fmt::format("the workspace lists no tester '{}'", tester),
                    "testers stand in workspace.yaml");
    }
    const auto customer = engine.population().find(CustomerId(listed->customer));
    if (customer && engine.population().at(*customer).rest->suppressed) {
        return fail(ErrorCode::conflict,
                    fmt::format("tester {} is suppressed as customer {}", tester, listed->customer),
                    "nobody who is suppressed is contacted; name another tester");
    }
    if (engine.pauses().find(PauseTarget::playbook, name) != nullptr) {
        return fail(ErrorCode::conflict, fmt::format("playbook {} is paused", name), "resume it first");
    }
    TesterTouchRecord record{playbook->id, {}, tester};
    if (words.contains("touch")) {
        TRY(touch, text_of(words, "touch"));
        record.touch = TouchId(touch);
        if (rules::find(playbook->touches, record.touch) == nullptr) return unknown("touch", touch);
    } else if (playbook->touches.size() == 1) {
        record.touch = playbook->touches.front().id;
    } else {
        return fail(ErrorCode::invalid, fmt::format("playbook {} has {} touches", name, playbook->touches.size()),
                    "name one with --touch");
    }
    const auto& endpoint = rules::find(playbook->touches, record.touch)->endpoint.id.text;
    if (engine.pauses().find(PauseTarget::endpoint, endpoint) != nullptr) {
        return fail(ErrorCode::conflict, fmt::format("endpoint {} is paused", endpoint), "resume it first");
    }
    return record;
}

Result<Payload> payload_of(const Engine& engine, std::string_view order, const json::object& words) {
    if (order == "pause") return pause(engine, words, true);
    if (order == "resume") return pause(engine, words, false);
    if (order == "review") return review(engine, words);
    if (order == "learning") return learning(engine, words);
    if (order == "touch_test") return touch_test(engine, words);
    return fail(ErrorCode::not_found, fmt::format("there is no order '{}'", order),
                "pause, resume, review, learning, touch_test");
}

}  // namespace

Result<Record> make_order(const Engine& engine, std::string_view order, const json::object& words,
                          const std::string& actor) {
    if (auto checked = check_texts(words); !checked) return fail(std::move(checked).error());
    Record record;
    TRY(payload, payload_of(engine, order, words));
    const bool needs_reason = order == "pause" || order == "resume" || order == "review";
    if (needs_reason || words.contains("reason")) {
        TRY(reason, text_of(words, "reason"));
        record.reason = reason;
    }
    record.actor = actor;
    record.payload = std::move(payload);
    return record;
}

}  // namespace segmentd::daemon
