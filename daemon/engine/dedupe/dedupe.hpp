// Remembers the message ids that came in during the last 30 days of the wall clock, exactly: senders
// repeat themselves on the wall's time, whatever the engine's clock is.
//
// Ids are kept as 128-bit hashes in partitions of one day, so that forgetting a day is one step.
// About 32 bytes an id.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <unordered_set>

#include "base/ids.hpp"
#include "base/timestamp.hpp"

namespace segmentd::daemon {

class Dedupe {
  public:
    bool knows(const CustomerId& customer, std::string_view message_id) const;
    void remember(const CustomerId& customer, std::string_view message_id, Timestamp now);
    std::size_t size() const;

  private:
    struct Key {
        std::uint64_t low = 0;
        std::uint64_t high = 0;
        bool operator==(const Key&) const = default;
    };
    struct KeyHash {
        std::size_t operator()(const Key& key) const { return key.low; }
    };

    static Key key_of(const CustomerId& customer, std::string_view message_id);

    std::map<std::int64_t, std::unordered_set<Key, KeyHash>> days_;
};

}  // namespace segmentd::daemon
