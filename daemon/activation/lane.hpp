// The queue of one endpoint: what waits, what is under way, and when the next may go.
//
// An event is known under its id from add() to settle(), and never under way twice. Whatever makes the
// lane wait (breaker, rate limit, Retry-After of the endpoint, a pause) costs no attempt.
// The lane holds a stated number of events: the ones that are due first. What is turned away is still
// in the journal's fold; settle() tells when there is room to bring it again. Time comes in as an
// argument. Not for several threads at once.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>

#include "base/records.hpp"
#include "daemon/activation/breaker.hpp"
#include "daemon/activation/judgement.hpp"
#include "daemon/activation/rate_limiter.hpp"
#include "daemon/engine/outgoing.hpp"

namespace segmentd::daemon {

struct LaneSettings {
    std::size_t most_known = 10'000;  // events
    std::size_t concurrency = 8;
    std::optional<rules::RateLimit> rate_limit{};
};

struct LaneStatus {
    std::size_t waiting = 0;
    std::size_t under_way = 0;
    Breaker::State breaker = Breaker::State::closed;
    EndpointStop stop = EndpointStop::none;
    std::string trouble;  // why nothing can be sent; empty where it can
};

// How the endpoint fared before a restart.
struct LanePast {
    std::int64_t faults_in_a_row = 0;         // attempts that say that the endpoint is down
    std::chrono::milliseconds failing_for{};  // from the first of them to the last
    std::chrono::milliseconds since_last{};   // from the last to now
    std::chrono::milliseconds leave_alone{};  // what is left of a Retry-After
};

class Lane {
  public:
    // An event on its way: the attempt with this number is to be made.
    struct Parcel {
        Outgoing event;
        std::int64_t attempt = 1;
    };

    explicit Lane(const LaneSettings& settings) : settings_(settings), rate_(settings.rate_limit) {}

    // What waits stays; a rate limit that differs begins anew.
    void change(const LaneSettings& settings);

    // A known id is not taken twice; one that waits goes earlier where the new due is earlier.
    void add(const Outgoing& event, std::int64_t attempts_made, Moment due);

    // When the next event may go; nothing where none can.
    std::optional<Moment> next() const;

    // The next event, where one may go now; it is under way until finish().
    std::optional<Parcel> take(Moment now);

    // Notes what became of an attempt, and gives the record of it. `luck` as in wait_after_failure.
    DeliveryRecord finish(const Parcel& parcel, const Judgement& judgement, Moment now, double luck);

    // The attempt was not made after all; the event waits as before.
    void put_back(const Parcel& parcel, Moment now);

    // The record of a delivered or given up event is durable: its id may come again. True where events
    // were turned away and there is room for them now.
    bool settle(const std::string& id);

    // Nothing is sent while there is trouble; an empty text ends it.
    void set_trouble(std::string trouble) { trouble_ = std::move(trouble); }
    void set_stop(EndpointStop stop) { stop_ = stop; }
    // Waits on as it would have without the restart.
    void go_on(const LanePast& past, Moment now);
    // Ends what the endpoint's answers led to: 410, breaker, Retry-After; not a pause.
    void resume();

    LaneStatus status() const;

  private:
    enum class Place { waiting, under_way, finished };
    struct Known {
        Outgoing event;
        std::int64_t attempts = 0;  // made so far
        Place place = Place::waiting;
        Moment due{};
        std::uint64_t order = 0;  // of arrival
    };
    using Turn = std::tuple<Moment, std::uint64_t, std::string>;  // due, order, id

    static Turn turn_of(const Known& known) { return {known.due, known.order, known.event.id}; }
    void wait_again(Known& known, std::int64_t attempts, Moment due);
    void turn_away_what_is_too_much();

    LaneSettings settings_;
    RateLimiter rate_;
    Breaker breaker_;
    std::map<std::string, Known> known_;  // by id
    std::set<Turn> turns_;                // of those that wait
    std::size_t under_way_ = 0;
    std::uint64_t arrivals_ = 0;
    Moment not_before_{};  // Retry-After of the endpoint
    EndpointStop stop_ = EndpointStop::none;
    bool has_turned_away_ = false;
    std::string trouble_;
};

}  // namespace segmentd::daemon
