#include "daemon/engine/accounts/accounts.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace segmentd::daemon {

void Accounts::use(std::shared_ptr<const rules::Rulebook> book) {
    population_.use(std::move(book));
    undecided_.assign(population_.book().segments.size(), 0);
}

std::optional<std::size_t> Accounts::take(Customer& customer, const Record& record, Timestamp now) {
    const auto occurred_at = std::min(record.occurred_at, record.engine_time);
    if (const auto* group = std::get_if<GroupRecord>(&record.payload)) {
        customer.accounts.add(occurred_at, group->account);
        const auto index = population_.find_or_create(CustomerId(group->account));
        auto& account = population_.at(index);
        if (!account.first_seen) account.first_seen = occurred_at;
        Population::take_profile(account, {group->attributes});
        return index;
    }
    const auto* signal = std::get_if<SignalRecord>(&record.payload);
    const auto* name = signal == nullptr ? nullptr : customer.accounts.at(occurred_at);
    if (name == nullptr) return std::nullopt;
    const auto index = population_.find_or_create(CustomerId(*name));
    population_.take_signal(population_.at(index), *signal, occurred_at, now);
    return index;
}

void Accounts::adopt(Accounts derived, const Cause& cause, Effects& effects) {
    if (population_.has_book()) {
        std::ranges::move(leave_what_goes(population_, derived.population_.book(), cause),
                          std::back_inserter(effects.account_changes));
    }
    use(derived.population_.shared_book());
    for (std::size_t i = 0; i < derived.population_.size(); ++i) {
        auto& fresh = derived.population_.at(i);
        if (const auto index = population_.find(fresh.id)) {
            population_.at(*index).features = std::move(fresh.features);
        }
    }
    for (std::size_t index = 0; index < population_.size(); ++index) reconsider(index, cause, effects);
}

void Accounts::reconsider(std::size_t index, const Cause& cause, Effects& effects) {
    auto& account = population_.at(index);
    population_.fill_row(account, cause.at, row_);
    for (const auto segment : account.undecided) --undecided_[segment];
    auto changes = decide_memberships(population_, account, row_, cause);
    for (const auto segment : account.undecided) ++undecided_[segment];
    std::ranges::move(changes, std::back_inserter(effects.account_changes));
    schedule(index, cause.at);
    if (!hash_) hash_.emplace();
    hash_->touch(account.bucket);
}

void Accounts::schedule(std::size_t index, Timestamp now) {
    auto& account = population_.at(index);
    const Timestamp next = std::min(population_.next_change(account, now), next_stay_end(population_, account, now));
    if (next == account.next_check) return;
    if (account.next_check != never) timers_.erase({account.next_check, index});
    if (next != never) timers_.emplace(next, index);
    account.next_check = next;
}

void Accounts::append_canonical(std::string& bytes) {
    if (hash_) bytes += fmt::format("accounts {}\n", to_hex(hash_->compute(population_, {})));
}

}  // namespace segmentd::daemon
