#include "daemon/engine/population/account_ties.hpp"

#include <algorithm>

namespace segmentd::daemon {
namespace {

constexpr std::size_t most_ties = 100;

}  // namespace

void AccountTies::add(Timestamp since, const std::string& account) {
    auto place = std::ranges::lower_bound(ties_, since, {}, &AccountTie::since);
    if (place != ties_.end() && place->since == since) place = ties_.erase(place);
    if (place != ties_.end() && place->account == account) place = ties_.erase(place);
    if (place != ties_.begin() && std::prev(place)->account == account) return;
    ties_.insert(place, {since, account});
    if (ties_.size() > most_ties) ties_.erase(ties_.begin());
}

const std::string* AccountTies::at(Timestamp instant) const {
    const auto after = std::ranges::upper_bound(ties_, instant, {}, &AccountTie::since);
    return after == ties_.begin() ? nullptr : &std::prev(after)->account;
}

}  // namespace segmentd::daemon
