// Remembers the message ids that came in during the last 30 days of the wall clock, exactly: senders
// repeat themselves on the wall's time, whatever the engine's clock is.
//
// Ids are kept as 128-bit hashes, once to be found and once in the list of their day, so that a day
// is forgotten without a search. About 45 bytes an id.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/stable_hash.hpp"
#include "base/timestamp.hpp"

namespace segmentd::daemon {

class Dedupe {
  public:
    bool knows(const CustomerId& customer, std::string_view message_id) const;
    void remember(const CustomerId& customer, std::string_view message_id, Timestamp now);
    std::size_t size() const;

  private:
    struct LowHalf {
        using is_avalanching = void;  // a hash already: to be used as it is
        std::size_t operator()(const StableHash& key) const { return key.low; }
    };

    static StableHash key_of(const CustomerId& customer, std::string_view message_id);

    boost::unordered_flat_set<StableHash, LowHalf> known_;
    std::map<std::int64_t, std::vector<StableHash>> days_;  // in which day each was remembered
};

}  // namespace segmentd::daemon
