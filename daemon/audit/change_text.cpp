#include "daemon/audit/change_text.hpp"

#include <fmt/format.h>

#include "base/choices.hpp"

namespace segmentd::daemon {
namespace {

using Files = std::map<std::string, std::string>;

// One function for each kind of record that changes something for more than one customer.
struct Teller {
    const Files& files_before;

    std::string operator()(const WorkspaceRecord& workspace) const;
    std::string operator()(const ModelRecord& model) const;
    std::string operator()(const AlarmRecord& alarm) const;
    std::string operator()(const PauseRecord& pause) const;
    std::string operator()(const ReviewRecord& review) const;
    std::string operator()(const LearningRecord& learning) const;
    std::string operator()(const TesterTouchRecord& order) const;
    std::string operator()(const ResendRecord& again) const;
    std::string operator()(const PilotDecisionRecord& decision) const;
    std::string operator()(const TokenRecord& token) const;
    std::string operator()(const ValidationRecord& validation) const;
    template <typename Other>
    std::string operator()(const Other&) const {
        return {};
    }
};

void add_file(std::string& text, const char* how, const std::string& file);

}  // namespace

std::string change_text(const Record& record, const Files& files_before) {
    return std::visit(Teller{files_before}, record.payload);
}

namespace {

std::string Teller::operator()(const WorkspaceRecord& workspace) const {
    auto text = fmt::format("definitions {}:", workspace.version);
    for (const auto& [file, content] : workspace.files) {
        const auto before = files_before.find(file);
        if (before == files_before.end()) {
            add_file(text, "added", file);
        } else if (before->second != content) {
            add_file(text, "changed", file);
        }
    }
    for (const auto& [file, content] : files_before) {
        if (!workspace.files.contains(file)) add_file(text, "removed", file);
    }
    return text;
}

void add_file(std::string& text, const char* how, const std::string& file) {
    text += fmt::format("{} {} {}", text.back() == ':' ? "" : ",", how, file);
}

std::string Teller::operator()(const ModelRecord& model) const {
    return fmt::format("model {} v{} ({}) fitted on {} customers as of {}", model.model.text, model.version, model.type,
                       model.customers, to_text(model.as_of));
}

std::string Teller::operator()(const AlarmRecord& alarm) const {
    if (!alarm.limit.empty()) {
        return fmt::format("{} is {}, agreed was {}", alarm.monitor, alarm.estimate, alarm.limit);
    }
    return fmt::format("share of {} is {} [{}, {}], approved was {}", alarm.monitor, alarm.estimate, alarm.lower,
                       alarm.upper, alarm.reference);
}

std::string Teller::operator()(const PauseRecord& pause) const {
    return fmt::format("{} {} {}", to_word(pause.target), pause.name, pause.paused ? "paused" : "resumed");
}

std::string Teller::operator()(const ReviewRecord& review) const {
    auto text = fmt::format("review {}: {}", review.review, to_word(review.action));
    if (review.action == ReviewAction::snooze) text += " until " + to_text(review.until);
    return text;
}

std::string Teller::operator()(const LearningRecord& learning) const {
    return fmt::format("{} {}, {}: {}", to_word(learning.subject), learning.name, to_word(learning.cause),
                       learning.text);
}

std::string Teller::operator()(const TesterTouchRecord& order) const {
    return fmt::format("touch {} of {} to tester {}", order.touch.text, order.playbook.text, order.tester);
}

std::string Teller::operator()(const ResendRecord& again) const {
    return fmt::format("{} of {} to {} once more", again.type, to_text(again.at), again.endpoint.text);
}

std::string Teller::operator()(const PilotDecisionRecord& decision) const {
    return fmt::format("pilot {}, {}: {}", decision.pilot.text, to_word(decision.verdict), decision.decision);
}

std::string Teller::operator()(const TokenRecord& token) const {
    return fmt::format("token {} ({}) of role {} {}", token.id, token.name, token.role, to_word(token.action));
}

std::string Teller::operator()(const ValidationRecord& validation) const {
    return fmt::format("segment {} held against others from {} to {}: {}", validation.segment.text,
                       to_text(validation.from), to_text(validation.until), to_word(validation.verdict));
}

}  // namespace
}  // namespace segmentd::daemon
