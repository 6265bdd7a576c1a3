// playbooks/*.yaml: how a segment is treated.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/money.hpp"
#include "rules/definitions/common.hpp"

namespace segmentd::rules {

enum class TouchTrigger { entered, left };

// Whether a playbook speaks to those who were members before it could notice: who entered by import,
// by new definitions or models, or while nothing ran.
enum class ExistingMembers { ignore, contact };

struct TouchDefinition {
    TouchId id;
    std::string title;
    TouchTrigger when = TouchTrigger::entered;
    std::string team;     // marketing, sales, support, product
    std::string channel;  // email, phone, in_app, ...
    Reference<PurposeId> purpose;
    Reference<EndpointId> endpoint;
    std::string message;
    std::optional<Money> cost;
    SourcePlace place;
};

struct Dialogue {
    std::string customer;
    std::string us;
};

struct PlaybookDefinition {
    PlaybookId id;
    std::string title;
    std::string owner;
    std::string value_proposition;
    std::string messaging;
    std::vector<std::string> say;
    std::vector<std::string> avoid;
    std::vector<std::string> channels;
    std::string pricing;
    std::vector<std::string> features;
    std::vector<std::string> buying_committee;
    std::vector<std::string> decision_criteria;
    std::vector<Dialogue> dialogues;
    std::string when_results_diverge;
    std::vector<TouchDefinition> touches;
    ExistingMembers existing_members = ExistingMembers::ignore;
    SourcePlace place;
};

const char* to_word(TouchTrigger trigger);

}  // namespace segmentd::rules
