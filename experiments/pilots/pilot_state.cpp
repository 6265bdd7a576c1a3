#include "experiments/pilots/pilot_state.hpp"

#include "experiments/assignment/bucketing.hpp"

namespace segmentd::experiments {

PilotState::PilotState(std::size_t groups, std::size_t arms, std::size_t metrics)
    : enrolled_(groups, std::vector<std::int64_t>(arms)),
      cells_(groups, std::vector<std::vector<ExactSum>>(arms, std::vector<ExactSum>(metrics))) {}

ExactSum& PilotState::cell(std::size_t group, std::size_t arm, std::size_t metric) {
    return cells_[group][arm][metric];
}

const ExactSum& PilotState::cell(std::size_t group, std::size_t arm, std::size_t metric) const {
    return cells_[group][arm][metric];
}

void PilotState::append_canonical(std::string& bytes) const {
    for (std::size_t group = 0; group < cells_.size(); ++group) {
        for (std::size_t arm = 0; arm < cells_[group].size(); ++arm) {
            bytes += std::to_string(enrolled_[group][arm]) + '\n';
            for (const auto& cell : cells_[group][arm]) bytes += cell.to_text() + '\n';
        }
    }
}

std::optional<std::size_t> arm_of(const rules::PilotDefinition& pilot, const CustomerId& customer) {
    std::vector<double> weights;
    for (const auto& arm : pilot.arms) weights.push_back(arm.weight);
    return assign_arm(customer.text, pilot.seed.empty() ? pilot.id.text : pilot.seed, weights);
}

std::size_t control_of(const rules::PilotDefinition& pilot) {
    for (std::size_t i = 0; i < pilot.arms.size(); ++i) {
        if (pilot.arms[i].control) return i;
    }
    return 0;
}

}  // namespace segmentd::experiments
