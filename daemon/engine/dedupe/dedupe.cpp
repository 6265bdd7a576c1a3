#include "daemon/engine/dedupe/dedupe.hpp"

#include <xxhash.h>

#include <algorithm>
#include <string>

namespace segmentd::daemon {
namespace {

constexpr std::int64_t days_remembered = 30;

}  // namespace

bool Dedupe::knows(const CustomerId& customer, std::string_view message_id) const {
    const Key key = key_of(customer, message_id);
    return std::ranges::any_of(days_, [&](const auto& day) { return day.second.contains(key); });
}

void Dedupe::remember(const CustomerId& customer, std::string_view message_id, Timestamp now) {
    const auto today = day_number(now);
    days_[today].insert(key_of(customer, message_id));
    while (days_.begin()->first < today - days_remembered) days_.erase(days_.begin());
}

std::size_t Dedupe::size() const {
    std::size_t total = 0;
    for (const auto& [day, keys] : days_) total += keys.size();
    return total;
}

Dedupe::Key Dedupe::key_of(const CustomerId& customer, std::string_view message_id) {
    std::string text = customer.text;
    text += '\n';
    text += message_id;
    const auto hash = XXH3_128bits(text.data(), text.size());
    return {hash.low64, hash.high64};
}

}  // namespace segmentd::daemon
