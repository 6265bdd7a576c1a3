// What a pilot has gathered: who was enrolled, and the exact sums of the matured outcomes.
//
// A cell is one (group, arm, metric). Group 0 is every enrolled customer; the others are the
// segments the pilot reports by. A customer stands in a cell once their whole observation window
// has passed; a late signal takes their old outcome out and puts the new one in, exactly. The arms
// of the definitions come first, in their order; behind them may stand arms that left.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/exact_sum.hpp"
#include "base/timestamp.hpp"
#include "rules/definitions/pilots.hpp"

namespace segmentd::experiments {

class PilotState {
  public:
    PilotState() = default;
    PilotState(std::size_t groups, std::size_t arms, std::size_t metrics);

    std::size_t groups() const { return enrolled_.size(); }
    std::int64_t& enrolled(std::size_t group, std::size_t arm) { return enrolled_[group][arm]; }
    const std::vector<std::int64_t>& enrolled(std::size_t group) const { return enrolled_[group]; }
    ExactSum& cell(std::size_t group, std::size_t arm, std::size_t metric);
    const ExactSum& cell(std::size_t group, std::size_t arm, std::size_t metric) const;

    void append_canonical(std::string& bytes) const;

  private:
    std::vector<std::vector<std::int64_t>> enrolled_;        // group, arm
    std::vector<std::vector<std::vector<ExactSum>>> cells_;  // group, arm, metric
};

using rules::metrics_of;

// The arm whose share of customers the seed gives this one to; the same for ever.
std::optional<std::size_t> arm_of(const rules::PilotDefinition& pilot, const CustomerId& customer);

// The index of the control arm.
std::size_t control_of(const rules::PilotDefinition& pilot);

}  // namespace segmentd::experiments
