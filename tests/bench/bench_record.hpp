// Records as benchmarks make them.
#pragma once

#include <utility>

#include "base/records.hpp"

namespace segmentd::bench {

// A record of the token "bench" that happened, came and is applied at this instant.
inline Record record_at(Timestamp at, Payload payload) {
    Record record;
    record.engine_time = record.occurred_at = record.received_at = at;
    record.actor = "token:bench";
    record.payload = std::move(payload);
    return record;
}

// By the wall clock.
inline Timestamp now() {
    return std::chrono::floor<Duration>(std::chrono::system_clock::now());
}

}  // namespace segmentd::bench
