// What is to leave: events that were decided to be sent and are neither delivered nor given up, and
// how every endpoint fares.
//
// Memory holds only what waits. What was decided and what became of it is told by the ledger; of the
// past the outbox keeps a running hash, so that two folds can be compared.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/records.hpp"
#include "base/sha256.hpp"
#include "daemon/engine/effects.hpp"

namespace segmentd::daemon {

// One endpoint in figures, since the store began.
struct EndpointTally {
    std::int64_t sent = 0;  // decided to be sent
    std::int64_t shadow = 0;
    std::int64_t refused = 0;
    std::int64_t delivered = 0;
    std::int64_t failed_attempts = 0;
    std::int64_t given_up = 0;
    std::string last_error;            // "http_5xx: HTTP 503", of the last attempt where that failed
    std::string last_cause;            // its cause in one word
    Timestamp failing_since{};         // of the first attempt after the last success; where failed_in_a_row > 0
    std::int64_t failed_in_a_row = 0;  // since then, or since it was resumed
    std::int64_t faults_in_a_row = 0;  // of these the last ones that say that the endpoint is down
    Timestamp faulty_since{};          // of the first of them
    Timestamp leave_alone_until{};     // the endpoint asked for it with Retry-After
    bool is_gone = false;              // it answered 410, and nobody resumed it or sent anything again since
    Timestamp last_attempt{};
};

// An endpoint that took nothing for so long, in so many attempts at least (those of one event), is switched off.
inline constexpr Duration longest_failure = Days(5);
inline constexpr std::int64_t least_failures = 10;

class Outbox {
  public:
    struct Waiting {
        Outgoing event;
        std::int64_t attempts = 0;
        Timestamp last_attempt{};  // of the engine's clock; only where attempts > 0
        Duration wait{};           // from there to the next attempt
    };

    // Takes a decision; what is to be sent waits from here on. False, and nothing changes, where the
    // same decision was taken at this very instant already.
    bool take(const EventDecision& decision);

    // Sends once more, under the same id, what went out or was given up. It waits as if never tried.
    void resend(Outgoing event);

    // The endpoint is to be called again although it answered 410 or failed for long.
    void reopen(const EndpointId& endpoint);

    // Notes the outcome of an attempt. An id that does not wait changes nothing.
    void note(const DeliveryRecord& delivery, Timestamp at);

    // True where it took nothing for longest_failure; false for an endpoint that was never called.
    bool is_dead(const EndpointId& endpoint, Timestamp at) const;

    std::vector<const Waiting*> pending() const;  // oldest first
    const Waiting* find(const std::string& id) const;
    const std::map<EndpointId, EndpointTally>& tallies() const { return tallies_; }
    void append_canonical(std::string& bytes) const;

  private:
    std::uint64_t next_ = 0;
    std::map<std::uint64_t, Waiting> waiting_;  // by the order of the decisions
    std::unordered_map<std::string, std::uint64_t> places_;
    std::map<EndpointId, EndpointTally> tallies_;
    Timestamp instant_ = beginning_of_time;
    std::set<std::string> decided_now_;  // at that instant
    Sha256 past_{};                      // over every decision and outcome
};

}  // namespace segmentd::daemon
