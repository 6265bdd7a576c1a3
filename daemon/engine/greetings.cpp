// Members who entered in silence, and whom their playbook contacts all the same.
#include <algorithm>

#include "daemon/engine/engine.hpp"

namespace segmentd::daemon {

bool Engine::awaits_greeting() const {
    return std::ranges::any_of(ungreeted(), [&](const Greeting& greeting) { return !is_held_back(greeting); });
}

std::vector<EventDecision> Engine::held_back_greetings() const {
    std::vector<EventDecision> decisions;
    for (const auto& greeting : ungreeted()) {
        if (!is_held_back(greeting)) continue;
        const auto& customer = population_.at(greeting.customer);
        std::ranges::move(decide_touches({population_, pauses_}, customer, greeting.change, greeting.pilot),
                          std::back_inserter(decisions));
    }
    return decisions;
}

std::vector<Engine::Greeting> Engine::ungreeted() const {
    std::vector<Greeting> found;
    if (!may_have_ungreeted_) return found;
    const auto& definitions = population_.book().definitions;
    const bool is_asked = std::ranges::any_of(definitions.playbooks, [](const rules::PlaybookDefinition& playbook) {
        return playbook.existing_members == rules::ExistingMembers::contact;
    });
    for (std::size_t index = 0; is_asked && index < population_.size(); ++index) {
        const auto& customer = population_.at(index);
        for (const auto membership : customer.memberships) {
            const auto& definition = definitions.segments[membership.segment];
            const auto& segment = definition.id;
            const auto [pilot, arm] = Pilots::arm_in_segment(population_.book(), customer, segment, engine_time_);
            const auto* playbook = playbook_for(population_, segment, {pilot, arm});
            if (playbook == nullptr || playbook->existing_members != rules::ExistingMembers::contact) continue;
            if (membership.greeted == playbook_mark(playbook->id)) continue;
            found.push_back({index,
                             {customer.id, segment, true, engine_time_, "existing member", "{}", definitions.version,
                              definition.version},
                             {pilot, arm}});
        }
    }
    return found;
}

// A pause of anything that they need is no decision about them: they wait until it ends.
bool Engine::is_held_back(const Greeting& greeting) const {
    return is_paused({population_, pauses_}, greeting.change, greeting.pilot);
}

// They are contacted after all, each once.
void Engine::greet_existing_members(const TickRecord& tick, Effects& effects) {
    const auto members = ungreeted();
    may_have_ungreeted_ = false;
    for (const auto& greeting : members) {
        if (tick.spares_paused && is_held_back(greeting)) {
            may_have_ungreeted_ = true;
            continue;
        }
        contact(greeting.customer, greeting.change, greeting.pilot, effects);
        hash_.touch(population_.at(greeting.customer).bucket);
    }
}

}  // namespace segmentd::daemon
