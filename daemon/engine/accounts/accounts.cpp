#include "daemon/engine/accounts/accounts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace segmentd::daemon {

std::optional<AccountChange> Accounts::take(Customer& customer, const Record& record, Timestamp now) {
    const auto occurred_at = std::min(record.occurred_at, record.engine_time);
    if (const auto* group = std::get_if<GroupRecord>(&record.payload)) {
        customer.rest.make().accounts.add(occurred_at, group->account);
        const auto index = population_.find_or_create(CustomerId(group->account));
        auto& account = population_.at(index);
        if (account.first_seen == never) account.first_seen = occurred_at;
        population_.take_profile(account, {group->attributes});
        return AccountChange{index, {}};
    }
    const auto* signal = std::get_if<SignalRecord>(&record.payload);
    const auto* name = signal == nullptr ? nullptr : customer.rest->accounts.at(occurred_at);
    if (name == nullptr) return std::nullopt;
    const auto index = population_.find_or_create(CustomerId(*name));
    Touched touched;
    population_.take_signal(population_.at(index), *signal, occurred_at, now, &touched);
    return AccountChange{index, std::move(touched)};
}

void Accounts::adopt(std::shared_ptr<const rules::Rulebook> book, Accounts* derived, const Cause& cause,
                     Effects& effects) {
    if (population_.has_book()) {
        std::ranges::move(leave_what_goes(population_, *book, cause), std::back_inserter(effects.account_changes));
    }
    use(std::move(book));
    for (std::size_t i = 0; derived != nullptr && i < population_.size(); ++i) {
        auto& account = population_.at(i);
        auto& past = derived->population_;
        account.features = std::move(past.at(past.find_or_create(account.id)).features);
    }
    decider_.use(population_);
    for (std::size_t index = 0; index < population_.size(); ++index) reconsider({index, {}}, cause, effects);
}

void Accounts::reconsider(const AccountChange& change, const Cause& cause, Effects& effects) {
    const auto index = change.account;
    auto& account = population_.at(index);
    auto changes = change.touched ? decider_.decide_touched(population_, index, *change.touched, cause)
                                  : decider_.decide_all(population_, index, cause);
    std::ranges::move(changes, std::back_inserter(effects.account_changes));
    const Timestamp next =
        change.touched ? std::min({account.next_check, population_.next_change(account, cause.at, *change.touched),
                                   next_stay_end(population_, account, cause.at)})
                       : next_check(account, cause.at);
    timers_.set(account, next);
    if (!hash_) hash_.emplace();
    hash_->touch(account.bucket);
}

bool Accounts::puts_off(std::size_t index, Timestamp due) {
    auto& account = population_.at(index);
    const Timestamp next = next_check(account, due - Duration(1));
    if (next > due) timers_.set(account, next);
    return next > due;
}

Timestamp Accounts::next_check(const Customer& account, Timestamp now) const {
    return std::min(population_.next_change(account, now), next_stay_end(population_, account, now));
}

void Accounts::append_canonical(std::string& bytes) {
    if (hash_) bytes += fmt::format("accounts {}\n", to_hex(hash_->compute(population_, {})));
}

}  // namespace segmentd::daemon
