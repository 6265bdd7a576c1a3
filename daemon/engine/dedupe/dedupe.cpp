#include "daemon/engine/dedupe/dedupe.hpp"

#include <string>

namespace segmentd::daemon {
namespace {

constexpr std::int64_t days_remembered = 30;

}  // namespace

bool Dedupe::knows(const CustomerId& customer, std::string_view message_id) const {
    return known_.contains(key_of(customer, message_id));
}

void Dedupe::remember(const CustomerId& customer, std::string_view message_id, Timestamp now) {
    const auto today = day_number(now);
    const auto [key, is_new] = known_.insert(key_of(customer, message_id));
    if (is_new) days_[today].push_back(*key);
    while (!days_.empty() && days_.begin()->first < today - days_remembered) {
        for (const auto& old : days_.begin()->second) known_.erase(old);
        days_.erase(days_.begin());
    }
}

std::size_t Dedupe::size() const {
    return known_.size();
}

StableHash Dedupe::key_of(const CustomerId& customer, std::string_view message_id) {
    std::string text = customer.text;
    text += '\n';
    text += message_id;
    return stable_hash(text);
}

}  // namespace segmentd::daemon
