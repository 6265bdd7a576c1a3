// The engine: the state of the daemon as the fold of its journal, and nothing else.
//
// apply() is the only way to change it. It first fires every timer that is due up to the record's
// engine time, each at its own instant, then passes the record down the stages. The engine reads
// no clock, file or network; the same records give the same state and the same effects.
// One thread at a time.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "daemon/engine/accounts/accounts.hpp"
#include "daemon/engine/dedupe/dedupe.hpp"
#include "daemon/engine/derivation.hpp"
#include "daemon/engine/effects.hpp"
#include "daemon/engine/memberships/decider.hpp"
#include "daemon/engine/outbox/outbox.hpp"
#include "daemon/engine/pauses/pauses.hpp"
#include "daemon/engine/pilots/pilots.hpp"
#include "daemon/engine/population/population.hpp"
#include "daemon/engine/population/timer_queue.hpp"
#include "daemon/engine/population/timers.hpp"
#include "daemon/engine/reach.hpp"
#include "daemon/engine/reviews/reviews.hpp"
#include "daemon/engine/state_hash/state_hash.hpp"
#include "daemon/engine/touches/touches.hpp"
#include "daemon/engine/validations/validations.hpp"

namespace segmentd::daemon {

// Hands the records before `end_sequence` to the visitor again, in order. New definitions need the
// past signals; the engine does not keep them.
using RecordVisitor = std::function<void(const Record&)>;
using PastRecords = std::function<Result<void>(std::uint64_t end_sequence, const RecordVisitor&)>;

class Engine {
  public:
    explicit Engine(PastRecords past);

    // Applies the next record: its sequence must follow the last one, its engine time must not be
    // before the last. An Error leaves the state as it was before the record.
    Result<Effects> apply(const Record& record);

    // The customers of the records that are applied next, known or not: brings near what those will read. Changes
    // nothing; many customers do not fit into the caches of a processor, and this waits for all of them at once.
    void expect(std::span<const std::string_view> customers) const { population_.expect(customers); }

    // Fires the timers due up to the instant as the next record would, and stands at that instant then: for
    // questions about a moment between two records. The state is no longer that of the journal alone.
    Effects pass_time(Timestamp until, bool quiet);

    // As Population::fix(), seen by every decision from here on.
    void fix(std::size_t slot, rules::expression::Value value) { population_.fix(slot, std::move(value)); }

    std::uint64_t records() const { return records_; }
    Timestamp engine_time() const { return engine_time_; }
    bool has_workspace() const { return population_.has_book(); }

    // Error{conflict} for definitions of a workspace with another name than the one in force: they would
    // drop everything that is known. To be asked before a workspace record is made; apply() does not ask.
    Result<void> check_is_same_workspace(const rules::Definitions& proposed) const;

    // The days and months of the company: UTC until there are definitions.
    const Zone& calendar() const;

    // When the next timer is due, or `never`; and how many customers have one.
    Timestamp next_due() const;
    std::size_t timers() const { return timers_.size(); }

    // The engine time that the wall clock means: tied by the last clock record; standing still where
    // the workspace has a clock of its own that was not started yet; else the wall itself. Never
    // before the last record's.
    Timestamp time_at(Timestamp wall) const;
    bool clock_is_tied() const { return clock_.has_value(); }

    // Where the workspace has a clock of its own that still waits for the daemon's first start: what it will show then.
    std::optional<Timestamp> first_start() const;

    // True where members entered in silence whose playbook asks for them: a tick that greets contacts them, and
    // nothing else does. Members for whom something is paused are held back until it is resumed.
    bool awaits_greeting() const;

    // How it would be decided about these now: refused, because of the pause.
    std::vector<EventDecision> held_back_greetings() const;

    // True where this message was taken in before.
    bool is_duplicate(const CustomerId& customer, const std::string& message_id) const;

    // Facts that follow from the records so far and are not recorded yet.
    const std::vector<AlarmRecord>& unrecorded_alarms() const { return reviews_.unrecorded(); }
    const std::vector<PilotDecisionRecord>& unrecorded_decisions() const { return unrecorded_decisions_; }

    const Population& population() const { return population_; }
    const Accounts& accounts() const { return accounts_; }
    const Pilots& pilots() const { return pilots_; }
    const Outbox& outbox() const { return outbox_; }
    const Pauses& pauses() const { return pauses_; }
    const Reviews& reviews() const { return reviews_; }
    const Validations& validations() const { return validations_; }

    // The journal so far, for questions about the past.
    const PastRecords& past() const { return past_; }
    void read_past_by(PastRecords past) { past_ = std::move(past); }

    // Who put the definitions in force, when and why.
    struct Application {
        std::string actor;
        Timestamp at{};
        std::string reason;
    };
    const Application& application() const { return application_; }

    // The verdicts on pilots so far, oldest first: records of pilot decisions.
    const std::vector<Record>& pilot_decisions() const { return pilot_decisions_; }

    // What people learned, oldest first: records of learnings.
    const std::vector<Record>& learnings() const { return learnings_; }

    // As Decider::undecided().
    const std::vector<std::int64_t>& undecided() const { return decider_.undecided(); }

    // The row of a customer at the engine time, memberships included. Looking changes nothing.
    Row row_of(std::size_t customer) const;

    // What decisions about customers looked at so far.
    const Decider::Work& work() const { return decider_.work(); }

    // SHA-256 over the whole state; recomputes what changed since the last call.
    Sha256 state_hash();

  private:
    struct NewDefinitions {
        std::shared_ptr<const rules::Rulebook> book;
        std::map<std::string, std::string> files;
        Reach reach;
        std::optional<Derived> derived;  // where the past is needed
    };
    Result<NewDefinitions> prepare(const WorkspaceRecord& workspace, const Record& record) const;
    void adopt(NewDefinitions taken, const Record& record, Effects& effects);
    void take_over(Population& derived);
    void take_validation(const ValidationRecord& found, Effects& effects);
    void take_customer_record(const Record& record, Effects& effects);
    void take_account_record(const Record& record, Effects& effects);
    void reconsider_account(const AccountChange& change, const Cause& cause, Effects& effects);
    void reconsider(std::size_t index, const Cause& cause, Effects& effects);
    void reconsider(std::size_t index, const Touched& touched, const Cause& cause, Effects& effects);
    void follow(std::size_t index, std::vector<MembershipChange> changes, const Cause& cause, Effects& effects);
    void reconsider_all(const Cause& cause, Effects& effects);
    void take_common_record(const Record& record, Effects& effects);
    void take_delivery(const DeliveryRecord& delivery, Effects& effects);
    void take_pause(const PauseRecord& pause, const Record& record);
    void note_happening(const Record& record);
    void judge_pilots(Timestamp at, Effects& effects);
    void take_pilot_decision(const Record& record, const PilotDecisionRecord& decision, Effects& effects);
    void decide_events(std::size_t index, const MembershipChange& change, Effects& effects);
    void contact(std::size_t index, const MembershipChange& change, const PilotArm& pilot, Effects& effects);
    struct Greeting {
        std::size_t customer = 0;
        MembershipChange change;
        PilotArm pilot;
    };
    std::vector<Greeting> ungreeted() const;
    bool is_held_back(const Greeting& greeting) const;
    void greet_existing_members(const TickRecord& tick, Effects& effects);
    void announce_review(const char* type, const Review& review, Effects& effects);
    void take_decisions(std::vector<EventDecision> decisions, Effects& effects);
    void fire_timers(Timestamp until, bool quiet, Effects& effects);
    void schedule(std::size_t index, Timestamp now);
    void schedule(std::size_t index, Timestamp now, const Touched& touched);
    Timestamp next_check(const Customer& customer, Timestamp now) const;
    bool is_overtaken(std::size_t index, Timestamp due) const;
    Timestamp next_common_timer() const;
    void fire_common_timer(Timestamp at, bool quiet, Effects& effects);
    Result<std::shared_ptr<const rules::Rulebook>> compile(const WorkspaceRecord& workspace) const;

    PastRecords past_;
    std::uint64_t records_ = 0;
    Timestamp engine_time_ = beginning_of_time;
    struct TiedClock {
        Timestamp engine{};
        Timestamp wall{};
    };
    std::optional<TiedClock> clock_;
    std::map<std::string, std::string> files_;  // of the definitions in force
    Application application_;
    Population population_;
    Accounts accounts_;
    Decider decider_;
    Pilots pilots_;
    Pauses pauses_;
    Outbox outbox_;
    std::vector<Record> learnings_;
    std::vector<Record> pilot_decisions_;
    std::vector<PilotDecisionRecord> unrecorded_decisions_;
    bool may_have_ungreeted_ = false;  // some members entered quietly since they were last looked for
    Reviews reviews_;
    Validations validations_;
    Dedupe dedupe_;
    StateHash hash_;
    Timers timers_;
};

// Nobody is contacted because of this record, nor because of the timers that fire before it: it is of the past,
// catches up, or changes definitions, models or the clock for everybody at once.
bool is_quiet(const Record& record);

// Error{conflict} where the two names of workspaces differ: the store's and the folder's.
Result<void> check_same_workspace(const std::string& own, const std::string& proposed);

// Would this workspace be taken? Everything that speaks against it, with file, line and hint; apply() asks less, for it
// is told that it was taken.
tl::expected<std::shared_ptr<const rules::Rulebook>, std::vector<Error>> compile_workspace(
    const std::map<std::string, std::string>& files);

}  // namespace segmentd::daemon
