// What new definitions make of the past: found from the records before anything live changes,
// because reading them may fail.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "daemon/engine/accounts/accounts.hpp"
#include "daemon/engine/pilots/pilots.hpp"
#include "daemon/engine/population/population.hpp"

namespace segmentd::daemon {

// Customers with features, histories and, where they are enrolled, every outcome of their pilots made anew; accounts
// with their features.
struct Derived {
    Population population;
    Accounts accounts;
};

class Derivation {
  public:
    // `now` is the instant at which the new definitions take effect. What is live is read while the
    // derivation lives.
    Derivation(std::shared_ptr<const rules::Rulebook> book, const Population& live, const Pilots& pilots,
               Timestamp now);

    // Takes the next record of the journal.
    void take(const Record& past);

    // What the records make of them. Whether customers belonged to a segment that a pilot did not report by until now
    // is said by its `enter` over what is dated up to their enrolment.
    Derived finish();

  private:
    // What was known of the customers of one pilot when each of them was enrolled.
    struct AtEnrolment {
        std::size_t pilot = 0;
        std::vector<std::size_t> groups;
        Population population;
    };
    void take_at_enrolment(AtEnrolment& known, const Record& past, Timestamp occurred_at) const;
    void report(AtEnrolment& known);

    Population derived_;
    Accounts accounts_;
    std::vector<AtEnrolment> at_enrolment_;
    Timestamp now_{};
};

}  // namespace segmentd::daemon
