#include "daemon/simulation/market_futures.hpp"

#include "daemon/simulation/market_pilots.hpp"

namespace segmentd::daemon {
namespace {

struct Future {
    std::int64_t cents = 0;
    bool has_expanded = false;
};

class Life {
  public:
    Life(const MarketModel& model, Prospect prospect, Random& random)
        : model_(model), prospect_(std::move(prospect)), random_(random) {}

    Future from_the_start(std::size_t setup_arm);
    Future from_the_limit();

  private:
    void live_on(bool may_add_seats);
    void meet_limit(Timestamp at, Timestamp period_end);
    void answer_offer(Timestamp at, Timestamp period_end);

    const MarketModel& model_;
    Prospect prospect_;
    Random& random_;
    Future future_;
};

void add_to(KnownOutcome& outcome, std::size_t arm, double value) {
    outcome.expected[arm] += value / futures_of_a_team;
}

}  // namespace

std::array<KnownOutcome, 2> expect_futures_of_setup(const MarketModel& model, const Prospect& prospect,
                                                    const Random& random) {
    std::array<KnownOutcome, 2> known;
    for (std::size_t arm = 0; arm < 2; ++arm) {
        Random same = random;
        for (int i = 0; i < futures_of_a_team; ++i) {
            const auto future = Life(model, prospect, same).from_the_start(arm);
            add_to(known[0], arm, static_cast<double>(future.cents));
            add_to(known[1], arm, future.has_expanded ? 1 : 0);
        }
    }
    return known;
}

KnownOutcome expect_future_of_offer(const MarketModel& model, const Prospect& prospect, const Random& random) {
    KnownOutcome known;
    for (std::size_t arm = 0; arm < 2; ++arm) {
        Random same = random;
        auto under_arm = prospect;
        under_arm.offer_arm = arm;
        for (int i = 0; i < futures_of_a_team; ++i) {
            add_to(known, arm, static_cast<double>(Life(model, under_arm, same).from_the_limit().cents));
        }
    }
    return known;
}

namespace {

Future Life::from_the_start(std::size_t setup_arm) {
    const std::size_t crew = prospect_.subscription.traits.is_small_crew ? 1 : 0;
    const bool is_activated = random_.bernoulli(model_.activation[crew][setup_arm]);
    const auto& moods = is_activated ? model_.mood_if_activated : model_.mood_if_not;
    prospect_.subscription.mood = static_cast<Mood>(draw_of(moods, random_));
    live_on(true);
    return future_;
}

Future Life::from_the_limit() {
    answer_offer(prospect_.at, prospect_.period_start + market_period);
    live_on(prospect_.at == prospect_.period_start);
    return future_;
}

// Until the window of revenue_100d has passed; of a window neither begin counts nor what comes after its end.
void Life::live_on(bool may_add_seats) {
    auto& subscription = prospect_.subscription;
    for (auto from = prospect_.period_start;; may_add_seats = true) {
        const auto end = from + market_period;
        if (may_add_seats) {
            if (const auto added = subscription.add_seats(model_, from, random_)) {
                future_.has_expanded = future_.has_expanded || added->at <= prospect_.at + expanded_window;
                meet_limit(added->at, end);
            }
        }
        from = end;
        if (from > prospect_.at + revenue_window || !subscription.renews(model_, random_)) return;
        subscription.begin_period();
        future_.cents += subscription.payment_cents(model_);
        meet_limit(from, from + market_period);
    }
}

void Life::meet_limit(Timestamp at, Timestamp period_end) {
    if (prospect_.subscription.meets_limit(at)) answer_offer(at, period_end);
}

void Life::answer_offer(Timestamp at, Timestamp period_end) {
    auto& subscription = prospect_.subscription;
    const auto outcomes =
        expect_of_offer(model_, {subscription.traits, subscription.mood, subscription.seats, period_end - at});
    subscription.has_upgraded = random_.bernoulli(outcomes[0].expected[prospect_.offer_arm]);
}

}  // namespace
}  // namespace segmentd::daemon
