// The accounts: a population of their own, in which each account is the customer of a rulebook of their own.
//
// A group record ties its customer to an account from the record's instant on, and may bring attributes of the account.
// A signal counts for the account to which its customer was tied when it occurred, as far as that is known when the
// signal is taken in; what was counted is not moved when a tie is told late. Nobody is contacted because of an account.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/engine/effects.hpp"
#include "daemon/engine/memberships/decider.hpp"
#include "daemon/engine/population/population.hpp"
#include "daemon/engine/population/timers.hpp"
#include "daemon/engine/state_hash/state_hash.hpp"

namespace segmentd::daemon {

// What a record changes of an account.
struct AccountChange {
    std::size_t account = 0;
    std::optional<Touched> touched;  // what a signal touched; nothing: anything may be another than before
};

class Accounts {
  public:
    // Starts to use this rulebook of accounts; as Population::use().
    void use(std::shared_ptr<const rules::Rulebook> book) { population_.use(std::move(book)); }

    // The accounts, in the place of customers.
    const Population& population() const { return population_; }
    Population& population() { return population_; }

    // Takes what a record of this customer says of accounts, and writes the tie into the customer. Gives what it
    // changes, or nothing where it concerns no account. Decides nothing.
    std::optional<AccountChange> take(Customer& customer, const Record& record, Timestamp now);

    // Takes a rulebook over, and what it makes of the past where that is another than before (null: it is not). Decides
    // about every account.
    void adopt(std::shared_ptr<const rules::Rulebook> book, Accounts* derived, const Cause& cause, Effects& effects);

    // Decides in which segments the account is, at the instant of the cause: in all that stand on what changed.
    void reconsider(const AccountChange& change, const Cause& cause, Effects& effects);

    // The next instant at which time alone may change a membership, or `never`; and the account to reconsider then.
    Timestamp next_due() const { return timers_.next_due(); }
    std::size_t next_to_fire() const { return timers_.next_to_fire(); }

    // True where a signal put off what this account's timer waits for; the timer is set anew then.
    bool puts_off(std::size_t account, Timestamp due);

    // How many accounts each segment with missing: error could not decide about, as in the definitions.
    const std::vector<std::int64_t>& undecided() const { return decider_.undecided(); }

    // What decisions about accounts looked at so far.
    const Decider::Work& work() const { return decider_.work(); }

    // One line with a hash over all accounts; nothing where there are none.
    void append_canonical(std::string& bytes);

  private:
    Timestamp next_check(const Customer& account, Timestamp now) const;

    Population population_;
    Decider decider_;
    Timers timers_;
    std::optional<StateHash> hash_;  // once there is an account: it is large
};

}  // namespace segmentd::daemon
