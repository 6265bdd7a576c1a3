#include "daemon/simulation/team_life.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>

#include "daemon/simulation/market_futures.hpp"
#include "daemon/simulation/market_pilots.hpp"

namespace segmentd::daemon {
namespace {

constexpr Duration activation_window = Days(14);
constexpr Duration latest_activation = Days(13);
constexpr double weeks_a_period = 30.0 / 7.0;

TeamTruth newcomer(std::string customer) {
    TeamTruth team;
    team.customer = std::move(customer);
    return team;
}

struct Payment {
    Timestamp at{};
    std::int64_t cents = 0;
};

struct Ticket {
    Timestamp at{};
    bool is_problem = false;
};

class TeamLife {
  public:
    TeamLife(const MarketModel& model, const MarketSettings& settings, std::string customer, Chronicle& chronicle);

    void run();

  private:
    void draw_traits();
    void begin();
    void set_out();
    void live_period(Timestamp from);
    void pay(Timestamp at);
    void work(Timestamp from);
    void add_seats(Timestamp from);
    void meet_limit(Timestamp at, Timestamp period_start);
    void buy_packs(Timestamp from);
    void ask_for_help(Timestamp from);
    void answer(Timestamp from);
    void hear_from_us(Timestamp from);
    void reconsider_tips(Timestamp from);
    bool renews();
    void enrol(std::size_t pilot, Timestamp at, std::vector<KnownOutcome> outcomes);
    void enrol_in_setup(std::span<const KnownOutcome> outcomes);
    void enrol_in_offer(Timestamp at, Timestamp period_start, std::span<const KnownOutcome> outcomes);
    void note_outcomes();
    std::int64_t tickets_within(const KnownEnrolment& enrolment, Duration window, bool problems_only) const;
    std::int64_t cents_within(const KnownEnrolment& enrolment, Duration window) const;
    bool adds_seats_within(const KnownEnrolment& enrolment, Duration window) const;

    std::int64_t schedules_at(Timestamp at);
    Timestamp next_pack(Timestamp after);
    Timestamp within(Timestamp from, Duration length) { return instant_within(from, length, random_); }
    std::size_t draw(std::span<const double> shares) { return draw_of(shares, random_); }
    double season(Timestamp at) const;
    double of_mood(const ByMood& values) const { return values[static_cast<std::size_t>(subscription_.mood)]; }
    const char* plan() const { return subscription_.is_on_team ? "team" : "starter"; }

    const MarketModel& model_;
    const std::uint64_t seed_;
    const Timestamp ends_at_;
    MarketTruth& truth_;
    TeamTruth team_;
    Random random_;
    RowWriter rows_;
    Subscription subscription_;
    std::int64_t renewals_ = 0;
    std::vector<Payment> payments_;
    std::vector<Ticket> tickets_;
    std::vector<KnownEnrolment> enrolments_;
    Timestamp publishes_from_{};
    double packs_per_week_ = 0;
    double pack_stop_ = 0;
    bool has_bought_packs_ = false;
    std::optional<Timestamp> next_pack_;
};

}  // namespace

void live_one_team(const MarketModel& model, const MarketSettings& settings, std::int64_t number,
                   Chronicle& chronicle) {
    TeamLife(model, settings, fmt::format("team-{:05}", number), chronicle).run();
}

namespace {

// The larger of two uniform draws has the density 2u: more teams start late in the year than early.
TeamLife::TeamLife(const MarketModel& model, const MarketSettings& settings, std::string customer, Chronicle& chronicle)
    : model_(model),
      seed_(settings.seed),
      ends_at_(settings.ends_at),
      truth_(chronicle.truth),
      team_(newcomer(std::move(customer))),
      random_(settings.seed, team_.customer),
      rows_(model, settings, team_.customer, chronicle) {
    const double first = random_.uniform();
    const double second = random_.uniform();
    const auto seconds = static_cast<double>(std::chrono::floor<std::chrono::seconds>(market_year).count());
    const auto offset = static_cast<std::int64_t>(std::max(first, second) * seconds);
    team_.started_at = ends_at_ - market_year + std::chrono::seconds(offset);
}

void TeamLife::run() {
    draw_traits();
    begin();
    set_out();
    live_period(team_.started_at);
    team_.is_paying = true;
    for (Timestamp from = team_.started_at + market_period; from < ends_at_ && team_.is_paying; from += market_period) {
        team_.is_paying = renews();
        if (team_.is_paying) live_period(from);
    }
    team_.mood = subscription_.mood;
    team_.has_upgraded = subscription_.has_upgraded;
    note_outcomes();
    truth_.teams.push_back(team_);
}

void TeamLife::draw_traits() {
    auto& traits = team_.traits;
    subscription_.seats = std::min(2 + random_.geometric(model_.seat_stop), most_seats);
    subscription_.is_on_team = subscription_.seats > starter_seats;
    traits.is_small_crew = subscription_.seats <= small_crew_seats;
    traits.sessions_per_week = random_.gamma(model_.session_shape, model_.session_shape / model_.sessions_per_week);
    for (std::size_t mood = 0; mood < mood_count; ++mood) {
        const double leaving = model_.leaving[mood] * model_.leaving_weight;
        traits.leaving[mood] = random_.beta(leaving, model_.leaving_weight - leaving);
    }
    traits.ambition = random_.beta(model_.ambition[0], model_.ambition[1]);
    traits.channel = static_cast<Channel>(draw(model_.prefers));
    if (random_.bernoulli(model_.buys_packs)) {
        packs_per_week_ = random_.gamma(model_.pack_shape, model_.pack_shape / model_.packs_per_week);
        pack_stop_ = random_.beta(model_.pack_stop[0], model_.pack_stop[1]);
        next_pack_ = within(team_.started_at, market_period);
    }
    subscription_.traits = traits;
}

void TeamLife::begin() {
    static constexpr std::array<const char*, 5> countries = {"DE", "FI", "FR", "NL", "SE"};
    static constexpr std::array<const char*, 5> industries = {"care", "cafe", "retail", "clinic", "events"};
    static constexpr std::array<const char*, 4> ways = {"search", "referral", "partner", "advert"};
    const auto seats = subscription_.seats;
    const auto employees = seats + random_.poisson(2.0 * static_cast<double>(seats));
    const auto* country = countries[random_.below(countries.size())];
    const auto* industry = industries[random_.below(industries.size())];
    const auto* way = ways[random_.below(ways.size())];
    team_.agrees_to_tips = random_.bernoulli(model_.agrees_to_tips);
    rows_.write(team_.started_at, "account_created",
                fmt::format(R"("country":"{}","industry":"{}","employees":{},"found_through":"{}","tips":{})", country,
                            industry, employees, way, team_.agrees_to_tips));
    rows_.write(team_.started_at, "subscription_started", fmt::format(R"("plan":"{}","seats":{})", plan(), seats));
}

// Whether the first weeks go well; nobody sees it but in what follows.
void TeamLife::set_out() {
    const auto outcomes = expect_of_setup(model_, team_.traits);
    enrol_in_setup(outcomes);
    const auto arm = market_arm(guided_setup, team_.customer);
    team_.is_activated = random_.bernoulli(outcomes[0].expected[arm]);
    publishes_from_ = team_.is_activated ? within(team_.started_at, latest_activation)
                                         : team_.started_at + activation_window + std::chrono::seconds(1);
    subscription_.mood = static_cast<Mood>(draw(team_.is_activated ? model_.mood_if_activated : model_.mood_if_not));
}

void TeamLife::live_period(Timestamp from) {
    subscription_.begin_period();
    pay(from);
    meet_limit(from, from);
    work(from);
    add_seats(from);
    buy_packs(from);
    ask_for_help(from);
    answer(from);
    hear_from_us(from);
    reconsider_tips(from);
    rows_.maybe_break(within(from, market_period));
}

void TeamLife::pay(Timestamp at) {
    const auto cents = payments_.emplace_back(at, subscription_.payment_cents(model_)).cents;
    rows_.write(at, "payment",
                fmt::format(R"("amount":"{}.{:02}","plan":"{}","seats":{})", cents / 100, cents % 100, plan(),
                            subscription_.seats));
}

// Thinning (Lewis and Shedler 1979): as many visits as in the busiest time, each kept by its season. The
// visit in which a team begins to publish is one more than the rate gives.
void TeamLife::work(Timestamp from) {
    const double busiest = std::ranges::max(model_.weekday) * std::ranges::max(model_.month);
    const double rate = team_.traits.sessions_per_week * of_mood(model_.session_factor);
    const auto visits = random_.poisson(rate * weeks_a_period * busiest);
    for (std::int64_t visit = 0; visit < visits; ++visit) {
        const auto at = within(from, market_period);
        if (!random_.bernoulli(season(at) / busiest)) continue;
        const auto minutes = 2 + random_.poisson(16);
        rows_.write_from_phone(at, "session", fmt::format(R"("minutes":{},"schedules":{})", minutes, schedules_at(at)));
    }
    if (team_.is_activated && from == team_.started_at) {
        rows_.write(publishes_from_, "session", fmt::format(R"("minutes":{},"schedules":1)", 20 + random_.poisson(10)));
    }
}

double TeamLife::season(Timestamp at) const {
    const auto day = std::chrono::floor<Days>(at);
    const std::chrono::year_month_day date(day);
    const auto weekday = std::chrono::weekday(day).iso_encoding() - 1;
    return model_.weekday[weekday] * model_.month[static_cast<unsigned>(date.month()) - 1];
}

std::int64_t TeamLife::schedules_at(Timestamp at) {
    const auto schedules = random_.poisson(model_.schedules_per_session);
    return at < publishes_from_ ? 0 : schedules;
}

void TeamLife::add_seats(Timestamp from) {
    const auto added = subscription_.add_seats(model_, from, random_);
    if (!added) return;
    rows_.write(added->at, "seats_added", fmt::format(R"("seats":{})", added->seats));
    meet_limit(added->at, from);
}

// The pilot in the segment outgrowing_plan: once in a life. The plan that is paid changes with the next payment.
void TeamLife::meet_limit(Timestamp at, Timestamp period_start) {
    if (!subscription_.meets_limit(at)) return;
    const auto period_left = period_start + market_period - at;
    const auto outcomes = expect_of_offer(model_, {team_.traits, subscription_.mood, subscription_.seats, period_left});
    enrol_in_offer(at, period_start, outcomes);
    subscription_.has_upgraded = random_.bernoulli(outcomes[0].expected[market_arm(next_plan_offer, team_.customer)]);
    if (!subscription_.has_upgraded) return;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(period_left).count();
    const auto wait = random_.below(static_cast<std::uint64_t>(std::max<std::int64_t>(seconds - 1, 1)));
    rows_.write(at + std::chrono::seconds(1 + wait), "plan_upgraded", R"("plan":"team")");
}

void TeamLife::buy_packs(Timestamp from) {
    while (next_pack_ && *next_pack_ < from + market_period) {
        const auto packs = 1 + random_.geometric(0.6);
        const auto cents = packs * model_.pack_price_cents;
        rows_.write(*next_pack_, "pack_bought",
                    fmt::format(R"("amount":"{}.{:02}","packs":{})", cents / 100, cents % 100, packs));
        const bool goes_on = !has_bought_packs_ || !random_.bernoulli(pack_stop_);
        has_bought_packs_ = true;
        next_pack_ = goes_on ? std::optional(next_pack(*next_pack_)) : std::nullopt;
    }
}

void TeamLife::ask_for_help(Timestamp from) {
    static constexpr std::array<const char*, 3> severities = {"question", "problem", "outage"};
    const auto tickets = random_.poisson(of_mood(model_.tickets));
    for (std::int64_t ticket = 0; ticket < tickets; ++ticket) {
        const auto severity = draw(model_.ticket_severity);
        const auto at = within(from, market_period);
        rows_.write(at, "ticket_opened", fmt::format(R"("severity":"{}")", severities[severity]));
        tickets_.push_back({at, severity > 0});
    }
}

void TeamLife::answer(Timestamp from) {
    if (!random_.bernoulli(model_.answers)) return;
    const bool is_praise = random_.bernoulli(of_mood(model_.praises));
    const auto rating = is_praise ? 9 + random_.below(2) : 3 + random_.below(6);
    rows_.write(within(from, market_period), "feedback", fmt::format(R"("rating":{})", rating));
}

// An answer comes within three days, if the channel is one that the team listens to.
void TeamLife::hear_from_us(Timestamp from) {
    constexpr Duration patience = Days(3);
    if (!random_.bernoulli(model_.messages)) return;
    const auto channel = static_cast<Channel>(random_.below(channel_count));
    const auto details = fmt::format(R"("channel":"{}")", to_word(channel));
    const auto sent_at = within(from, market_period - patience);
    rows_.write(sent_at, "message_sent", details);
    if (random_.bernoulli(model_.answers_message[channel == team_.traits.channel ? 1 : 0])) {
        rows_.write(within(sent_at, patience), "message_answered", details);
    }
}

void TeamLife::reconsider_tips(Timestamp from) {
    if (!random_.bernoulli(team_.agrees_to_tips ? of_mood(model_.withdraws_tips) : model_.agrees_later)) return;
    const auto at = within(from, market_period);
    if (at >= ends_at_) return;
    team_.agrees_to_tips = !team_.agrees_to_tips;
    ++(team_.agrees_to_tips ? truth_.tips_given : truth_.tips_withdrawn);
    rows_.write(at, "consent_changed", fmt::format(R"("tips":{})", team_.agrees_to_tips));
}

bool TeamLife::renews() {
    const auto mood = static_cast<std::size_t>(subscription_.mood);
    const bool is_renewed = subscription_.renews(model_, random_);
    if (renewals_ == 0) {
        auto& share = truth_.first_renewals[mood];
        ++share.trials;
        share.successes += is_renewed ? 1 : 0;
    }
    renewals_ += is_renewed ? 1 : 0;
    return is_renewed;
}

void TeamLife::enrol(std::size_t pilot, Timestamp at, std::vector<KnownOutcome> outcomes) {
    enrolments_.push_back(
        {pilot, market_arm(pilot, team_.customer), at, team_.traits.is_small_crew, std::move(outcomes)});
}

void TeamLife::enrol_in_setup(std::span<const KnownOutcome> outcomes) {
    std::vector<KnownOutcome> all(outcomes.begin(), outcomes.end());
    const Prospect prospect{subscription_, team_.started_at, team_.started_at,
                            market_arm(next_plan_offer, team_.customer)};
    std::ranges::copy(expect_futures_of_setup(model_, prospect, Random(seed_, team_.customer + " futures")),
                      std::back_inserter(all));
    enrol(guided_setup, team_.started_at, std::move(all));
}

void TeamLife::enrol_in_offer(Timestamp at, Timestamp period_start, std::span<const KnownOutcome> outcomes) {
    std::vector<KnownOutcome> all(outcomes.begin(), outcomes.end());
    all.push_back(expect_future_of_offer(model_, {subscription_, at, period_start, 0},
                                         Random(seed_, team_.customer + " futures at the limit")));
    enrol(next_plan_offer, at, std::move(all));
}

void TeamLife::note_outcomes() {
    auto& setup = enrolments_[guided_setup];
    setup.outcomes[0].observed = team_.is_activated ? 1 : 0;
    setup.outcomes[1].observed = renewals_ > 0 ? 1 : 0;
    setup.outcomes[2].observed = tickets_within(setup, simulated_pilots()[guided_setup].metrics()[2].window, false);
    setup.outcomes[3].observed = cents_within(setup, revenue_window);
    setup.outcomes[4].observed = adds_seats_within(setup, expanded_window) ? 1 : 0;
    if (enrolments_.size() > next_plan_offer) {
        auto& offer = enrolments_[next_plan_offer];
        offer.outcomes[0].observed = team_.has_upgraded ? 1 : 0;
        offer.outcomes[1].observed =
            tickets_within(offer, simulated_pilots()[next_plan_offer].metrics()[1].window, true);
        offer.outcomes[2].observed = cents_within(offer, revenue_window);
    }
    for (auto& enrolment : enrolments_) {
        if (enrolment.at < ends_at_) truth_.enrolments.push_back(std::move(enrolment));
    }
}

std::int64_t TeamLife::tickets_within(const KnownEnrolment& enrolment, Duration window, bool problems_only) const {
    return std::ranges::count_if(tickets_, [&](const Ticket& ticket) {
        const bool is_meant = ticket.is_problem || !problems_only;
        return is_meant && ticket.at > enrolment.at && ticket.at <= enrolment.at + window;
    });
}

std::int64_t TeamLife::cents_within(const KnownEnrolment& enrolment, Duration window) const {
    std::int64_t cents = 0;
    for (const auto& payment : payments_) {
        if (payment.at > enrolment.at && payment.at <= enrolment.at + window) cents += payment.cents;
    }
    return cents;
}

bool TeamLife::adds_seats_within(const KnownEnrolment& enrolment, Duration window) const {
    return std::ranges::any_of(subscription_.additions, [&](const SeatsAdded& added) {
        return added.at > enrolment.at && added.at <= enrolment.at + window;
    });
}

Timestamp TeamLife::next_pack(Timestamp after) {
    constexpr double seconds_a_week = 7 * 86'400;
    const double weeks = std::min(random_.exponential(packs_per_week_), 1000.0);
    return after + std::chrono::seconds(1 + static_cast<std::int64_t>(weeks * seconds_a_week));
}

}  // namespace
}  // namespace segmentd::daemon
