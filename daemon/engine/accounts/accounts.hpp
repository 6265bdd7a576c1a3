// The accounts: a population of their own, in which each account is the customer of a rulebook of their own.
//
// A group record ties its customer to an account from the record's instant on, and may bring attributes of the account.
// A signal counts for the account to which its customer was tied when it occurred, as far as that is known when the
// signal is taken in; what was counted is not moved when a tie is told late. Nobody is contacted because of an account.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/engine/effects.hpp"
#include "daemon/engine/memberships/memberships.hpp"
#include "daemon/engine/population/population.hpp"
#include "daemon/engine/state_hash/state_hash.hpp"

namespace segmentd::daemon {

class Accounts {
  public:
    // Starts to use this rulebook of accounts; as Population::use().
    void use(std::shared_ptr<const rules::Rulebook> book);

    // The accounts, in the place of customers.
    const Population& population() const { return population_; }
    Population& population() { return population_; }

    // Takes what a record of this customer says of accounts, and writes the tie into the customer. Gives the account
    // that the record concerns, or nothing. Decides nothing.
    std::optional<std::size_t> take(Customer& customer, const Record& record, Timestamp now);

    // Takes the rulebook over and what it makes of the past, and decides about every account.
    void adopt(Accounts derived, const Cause& cause, Effects& effects);

    // Decides in which segments the account is, at the instant of the cause.
    void reconsider(std::size_t account, const Cause& cause, Effects& effects);

    // The next instant at which time alone may change a membership, or `never`; and the account to reconsider then.
    Timestamp next_due() const { return timers_.empty() ? never : timers_.begin()->first; }
    std::size_t next_to_fire() const { return timers_.begin()->second; }

    // How many accounts each segment with missing: error could not decide about, as in the definitions.
    const std::vector<std::int64_t>& undecided() const { return undecided_; }

    // One line with a hash over all accounts; nothing where there are none.
    void append_canonical(std::string& bytes);

  private:
    void schedule(std::size_t account, Timestamp now);

    Population population_;
    std::vector<std::int64_t> undecided_;
    std::set<std::pair<Timestamp, std::size_t>> timers_;
    std::optional<StateHash> hash_;  // once there is an account: it is large
    Row row_;
};

}  // namespace segmentd::daemon
