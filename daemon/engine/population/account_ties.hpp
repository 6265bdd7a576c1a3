// To which account a customer belonged, and from when on.
#pragma once

#include <string>

#include "base/short_list.hpp"
#include "base/timestamp.hpp"

namespace segmentd::daemon {

struct AccountTie {
    Timestamp since{};
    std::string account;
};

// A customer is tied to one account at a time. The newest hundred ties are kept.
class AccountTies {
  public:
    // From this instant until the next tie the customer is of this account. Of two ties at one instant the one told
    // later counts; one that changes nothing is not kept.
    void add(Timestamp since, const std::string& account);

    // The account at this instant; null before the first tie.
    const std::string* at(Timestamp instant) const;

    // By time; no two neighbours name the same account.
    const ShortList<AccountTie>& list() const { return ties_; }

  private:
    ShortList<AccountTie> ties_;
};

}  // namespace segmentd::daemon
