// What was found about segments when they were held against what their members did later.
#pragma once

#include <string>
#include <vector>

#include "base/records.hpp"

namespace segmentd::daemon {

struct Validation {
    Timestamp at{};
    ValidationRecord found;
};

class Validations {
  public:
    void note(const ValidationRecord& found, Timestamp at) { all_.push_back({at, found}); }

    // In the order in which they were recorded.
    const std::vector<Validation>& all() const { return all_; }

    void append_canonical(std::string& bytes) const;

  private:
    std::vector<Validation> all_;
};

}  // namespace segmentd::daemon
