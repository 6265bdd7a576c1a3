// Drift monitors, and the reviews that they and other findings open.
//
// A monitor looks at the customers who sent a live signal on a day (imported history is not
// watched) and asks at the day's end how many of them are in its segment. An alarm is a fact about
// many customers: it is proposed here, recorded by the caller, and opens a review when its record
// is applied. While a segment has an open review its monitor keeps still.
//
// A review belongs to the segment's steward until its deadline; from there on the steps of escalation
// call one person after the other until somebody decides. Whoever left by then is passed over for the next who is
// there. A decision means:
//   keep         the share of the last days becomes the reference, so the same alarm does not return
//   recalibrate  the monitor starts afresh when a model is fitted, or after the time for a review
//   refresh      the monitor starts afresh with new definitions, or after the time for a review
//   retire       as refresh: the definition is going to be taken out
// Limits of a segment (its size and its share of all known customers) are judged at the end of every day in engine
// time, seen customers or not, except while the past is taken in or caught up with. A limit that is broken and was not
// at the last judgement raises an alarm of its own kind, unless a review about that limit still waits: so a breach that
// people chose to keep does not come back day by day.
//
// The regular look at a segment opens nothing: next_look() says when it is due.
//
// A validation that found no measurable difference opens a review of its own kind, one a segment at a time.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/choices.hpp"
#include "daemon/engine/population/population.hpp"
#include "experiments/drift/share_monitor.hpp"

namespace segmentd::daemon {

enum class ReviewKind { drift, validation, pilot, limit };
enum class ReviewState { open, acknowledged, snoozed, decided };

struct Review {
    std::int64_t number = 0;  // 1, 2, 3 ...
    ReviewKind kind = ReviewKind::drift;
    SegmentId segment;
    PersonId steward;
    Timestamp opened_at{};
    Timestamp deadline{};
    std::string finding;              // one sentence
    std::vector<std::string> causes;  // what we did ourselves in the 28 days before, the newest first
    AlarmRecord alarm;                // of drift and of a limit
    ValidationRecord validation;      // of a validation

    ReviewState state = ReviewState::open;
    PersonId owner;           // who must answer now: the steward, later who was called
    std::size_t calls = 0;    // 0 until the deadline passed, then 1 and the steps of escalation that are used up
    Timestamp next_call{};    // `never` once decided or when nobody is left to be called
    ReviewAction decision{};  // meaningful when decided
    Timestamp decided_at{};   // of the last action
    std::string decided_by;
    std::string reason;
};

const char* to_word(ReviewKind kind);
const char* to_word(ReviewState state);

// {"review","kind","segment","steward","owner","state","opened_at","deadline","finding","causes"}, the
// data of an event about it.
std::string review_data(const Review& review);

// Would this person's action be accepted? not_found without such a review, conflict where it is decided,
// invalid for a snooze that does not lead into the future.
Result<void> check_action(const std::vector<Review>& reviews, const ReviewRecord& action, Timestamp now);

class Reviews {
  public:
    // Takes over the monitors and the steps of escalation; a monitor whose reference and tolerance did not
    // change keeps its evidence, any other starts afresh: a new reference is a new decision.
    void use(const rules::Rulebook& book, Timestamp at);

    // A live signal of this customer came in.
    void saw(std::size_t index, Customer& customer, Timestamp at);

    // A record of imported history was applied: until something live comes, nobody could look at a segment.
    void took_in_past(Timestamp at);

    // Something that may later explain a drift; of one segment or, where that is empty, of all.
    void happened(Timestamp at, const SegmentId& segment, std::string what);
    void touched(Timestamp at, const SegmentId& segment);

    // A model was fitted, or definitions were applied: monitors that waited for it start afresh.
    void model_was_fitted();
    void definitions_were_applied();

    // The end of the running day, or `never` where nobody was seen in it and no segment has limits.
    Timestamp next_day_end() const { return day_end_; }

    // Closes the day: feeds the monitors, judges the limits and returns the alarms to be recorded. In the quiet (see
    // is_quiet() of the engine) no limit is judged.
    std::vector<AlarmRecord> end_day(const Population& population, bool quiet);

    // Days until then in which nobody is seen are not ended one by one.
    void skip_empty_days(Timestamp until);

    // When the steward owes the next look: review_on, until a review of the segment is decided from then on; or else
    // review_every after the latest of: the last decided review, the segment's conditions coming into force, the end
    // of the history that was imported before the first live signal. Nothing where neither says so.
    std::optional<Timestamp> next_look(const rules::SegmentDefinition& segment) const;

    // An alarm was recorded: opens its review.
    const Review& open(const rules::Rulebook& book, const AlarmRecord& alarm, Timestamp at);

    // A validation found no measurable difference: opens a review, unless one of this kind waits for a decision
    // about the segment (then null).
    const Review* open(const rules::Rulebook& book, const ValidationRecord& validation, Timestamp at);

    // A pilot's rule left the decision to people: its owner is called first.
    const Review& open(const rules::Rulebook& book, const rules::PilotDefinition& pilot,
                       const PilotDecisionRecord& decision, Timestamp at);

    // What a person did; nothing happens where check_action() refuses it.
    void act(const Record& record, const ReviewRecord& action);

    // When the next deadline passes undecided, or `never`; and the reviews whose deadline or next step is
    // due at this instant, each with the person who is called now. A step calls nobody where all who remain left.
    Timestamp next_call() const { return next_call_; }
    std::vector<Review> call(const rules::WorkspaceSettings& workspace, Timestamp at);

    const std::vector<Review>& all() const { return reviews_; }
    const std::vector<AlarmRecord>& unrecorded() const { return unrecorded_; }

    // What a monitor waits for before it looks again.
    enum class Waits { nothing, decision, model, definitions };
    struct Monitor {
        SegmentId segment;
        experiments::ShareMonitorSettings settings;
        experiments::ShareMonitorState state;
        double defined_reference = 0;  // as in the YAML; settings hold what a decision made of it
        Duration review_within{};      // from an alarm to its deadline
        Waits waits = Waits::nothing;
        Timestamp waits_until = never;                        // for a model or definitions no longer than this
        std::deque<experiments::ShareObservation> last_days;  // at most 7 with customers
    };
    const std::vector<Monitor>& monitors() const { return monitors_; }

    void append_canonical(std::string& bytes) const;

  private:
    struct Happening {
        Timestamp at{};
        SegmentId segment;
        std::string what;
    };
    Review& add(const rules::Rulebook& book, ReviewKind kind, const SegmentId& segment, Timestamp at);
    Duration time_for_review(const SegmentId& segment) const;
    std::size_t next_present(const rules::WorkspaceSettings& workspace, std::size_t step, Timestamp at) const;
    std::vector<std::string> causes_of(const SegmentId& segment, Timestamp at) const;
    void plan_next_call();
    void note_in_force(const std::vector<rules::SegmentDefinition>& segments, Timestamp at);
    std::vector<AlarmRecord> judge_limits(const Population& population, std::int64_t day);
    bool waits_for_decision(const SegmentId& segment, const std::string& limit) const;
    static void settle(Monitor& monitor, ReviewAction decision, Timestamp at);
    void start_afresh(Waits awaited);

    Duration review_within_ = std::chrono::days(14);  // of reviews that no monitor opened
    Zone calendar_;                                   // of the workspace: its days end here
    std::vector<rules::EscalationStep> escalation_;
    std::vector<Monitor> monitors_;
    struct InForce {
        std::string version;  // of the segment's own definition
        Timestamp since{};
    };
    std::map<SegmentId, InForce> in_force_;
    bool has_lived_ = false;  // a live signal came
    Timestamp past_until_ = beginning_of_time;
    bool has_limits_ = false;
    std::map<SegmentId, std::set<std::string>> broken_;  // limits, at the last judgement
    std::vector<std::size_t> seen_;                      // customers seen in the running day
    Timestamp day_end_ = never;
    std::vector<AlarmRecord> unrecorded_;
    std::vector<Review> reviews_;
    Timestamp next_call_ = never;                                                     // of any review
    std::deque<Happening> happenings_;                                                // of the last 28 days
    std::map<SegmentId, std::deque<std::pair<std::int64_t, std::int64_t>>> touches_;  // day number, touches sent
};

}  // namespace segmentd::daemon
