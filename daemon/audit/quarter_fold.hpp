// The journal folded up to the end of a quarter: the state as it was then, and what happened in the quarter.
//
// Records from the quarter's end on are not folded, with one thing learned from the first of them: timers due
// before the end that no record of the quarter fired were fired by that record, quietly or not, and so are
// fired here. What is found does not change when the journal grows later. Of a quarter that still runs, only the
// records that a signed tree head covers are folded: the papers show nothing that cannot be proven.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ledger.hpp"
#include "daemon/audit/quarter.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/store/store.hpp"

namespace segmentd::daemon {

// A record that changed something for more than one customer.
struct AuditedChange {
    std::uint64_t sequence = 0;
    Timestamp at{};
    RecordType type{};
    std::string actor;
    std::string reason;
    std::string what;
};

// at_start + entered - left - dropped is the size at the end. Dropped are members whose segment was taken out
// of the definitions; nobody left it.
struct MembershipFlow {
    std::int64_t at_start = 0;
    std::int64_t entered = 0;
    std::int64_t left = 0;
    std::int64_t dropped = 0;

    std::int64_t at_end() const { return at_start + entered - left - dropped; }
};

// Customers whose answer became yes, or no, within the quarter; repeated answers do not count.
struct ConsentFlow {
    std::int64_t granted = 0;
    std::int64_t withdrawn = 0;
};

struct TokenLife {
    Record created;
    std::optional<Record> revoked;
};

// Where customers' own records stand: signals, profiles, consents, suppressions, assignments, exposures and
// deliveries; and ticks. Every other type is a change, later types too.
bool is_change(RecordType type);

class QuarterFold {
  public:
    // Reads and verifies the whole journal. The wall clock only tells whether the quarter is over; invalid for a
    // quarter that has not begun, conflict for one that is over and has records behind the first `covered` ones.
    static Result<std::unique_ptr<QuarterFold>> make(Store& store, const Quarter& quarter, Timestamp wall_now,
                                                     std::uint64_t covered);

    const Quarter& quarter() const { return quarter_; }
    const Engine& engine() const { return engine_; }

    // The instant that the state is of: the last microsecond of the quarter or, while it runs, the last covered record.
    Timestamp state_at() const { return state_at_; }
    bool is_over() const { return is_over_; }

    // Records of the journal before the quarter's end, as far as they are folded.
    std::uint64_t records() const { return engine_.records(); }

    const std::vector<AuditedChange>& changes() const { return changes_; }
    const std::vector<LedgerEntry>& events() const { return events_; }                    // decided in the quarter
    const std::map<std::string, LedgerEntry>& deliveries() const { return deliveries_; }  // the last one, by event
    const std::vector<Record>& pilot_decisions() const { return pilot_decisions_; }
    const std::map<std::string, MembershipFlow>& memberships() const { return memberships_; }
    const std::map<std::string, ConsentFlow>& consents() const { return consents_; }
    const std::map<std::string, TokenLife>& tokens() const { return tokens_; }

  private:
    QuarterFold(Store& store, Quarter quarter);
    Result<void> take(const Record& record);
    void let_the_quarter_end(bool quiet);
    void note(const Record& record);
    void note_consents(const Record& record);
    void note_effects(const Record& record, const Effects& effects);

    Quarter quarter_;
    Engine engine_;
    Timestamp state_at_{};
    bool is_over_ = false;
    std::map<std::string, std::string> files_;  // of the definitions in force
    std::vector<AuditedChange> changes_;
    std::vector<LedgerEntry> events_;
    std::map<std::string, LedgerEntry> deliveries_;
    std::vector<Record> pilot_decisions_;
    std::map<std::string, MembershipFlow> memberships_;
    std::map<std::string, ConsentFlow> consents_;
    std::map<std::string, TokenLife> tokens_;
};

}  // namespace segmentd::daemon
