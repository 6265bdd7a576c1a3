#include "daemon/simulation/team_life.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>

#include "daemon/simulation/market_pilots.hpp"

namespace segmentd::daemon {
namespace {

constexpr Duration activation_window = Days(14);
constexpr Duration latest_activation = Days(13);
constexpr Duration limit_window = Days(90);
constexpr double weeks_a_period = 30.0 / 7.0;

TeamTruth newcomer(std::string customer) {
    TeamTruth team;
    team.customer = std::move(customer);
    return team;
}

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
    void meet_limit(Timestamp at, Timestamp period_end);
    void buy_packs(Timestamp from);
    void ask_for_help(Timestamp from);
    void answer(Timestamp from);
    void hear_from_us(Timestamp from);
    void reconsider_tips(Timestamp from);
    bool renews();
    void enrol(std::size_t pilot, Timestamp at, std::span<const KnownOutcome> outcomes);
    void note_outcomes();
    std::int64_t tickets_within(const KnownEnrolment& enrolment, Duration window, bool problems_only) const;

    std::int64_t schedules_at(Timestamp at);
    Timestamp next_pack(Timestamp after);
    Timestamp within(Timestamp from, Duration length);
    std::size_t draw(std::span<const double> shares);
    double season(Timestamp at) const;
    double of_mood(const ByMood& values) const { return values[static_cast<std::size_t>(team_.mood)]; }
    const char* plan() const { return is_on_team_ ? "team" : "starter"; }

    const MarketModel& model_;
    const Timestamp ends_at_;
    MarketTruth& truth_;
    TeamTruth team_;
    Random random_;
    RowWriter rows_;
    bool is_on_team_ = false;
    std::int64_t seats_ = 0;
    std::int64_t added_seats_ = 0;  // paid from the next period
    std::int64_t renewals_ = 0;
    std::vector<std::pair<Timestamp, std::int64_t>> additions_;
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
    note_outcomes();
    truth_.teams.push_back(team_);
}

void TeamLife::draw_traits() {
    auto& traits = team_.traits;
    seats_ = std::min(2 + random_.geometric(model_.seat_stop), most_seats);
    is_on_team_ = seats_ > starter_seats;
    traits.is_small_crew = seats_ <= small_crew_seats;
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
}

void TeamLife::begin() {
    static constexpr std::array<const char*, 5> countries = {"DE", "FI", "FR", "NL", "SE"};
    static constexpr std::array<const char*, 5> industries = {"care", "cafe", "retail", "clinic", "events"};
    static constexpr std::array<const char*, 4> ways = {"search", "referral", "partner", "advert"};
    const auto employees = seats_ + random_.poisson(2.0 * static_cast<double>(seats_));
    const auto* country = countries[random_.below(countries.size())];
    const auto* industry = industries[random_.below(industries.size())];
    const auto* way = ways[random_.below(ways.size())];
    team_.agrees_to_tips = random_.bernoulli(model_.agrees_to_tips);
    rows_.write(team_.started_at, "account_created",
                fmt::format(R"("country":"{}","industry":"{}","employees":{},"found_through":"{}","tips":{})", country,
                            industry, employees, way, team_.agrees_to_tips));
    rows_.write(team_.started_at, "subscription_started", fmt::format(R"("plan":"{}","seats":{})", plan(), seats_));
}

// Whether the first weeks go well; nobody sees it but in what follows.
void TeamLife::set_out() {
    const auto outcomes = expect_of_setup(model_, team_.traits);
    enrol(guided_setup, team_.started_at, outcomes);
    const auto arm = market_arm(guided_setup, team_.customer);
    team_.is_activated = random_.bernoulli(outcomes[0].expected[arm]);
    publishes_from_ = team_.is_activated ? within(team_.started_at, latest_activation)
                                         : team_.started_at + activation_window + std::chrono::seconds(1);
    team_.mood = static_cast<Mood>(draw(team_.is_activated ? model_.mood_if_activated : model_.mood_if_not));
}

void TeamLife::live_period(Timestamp from) {
    seats_ = std::min(seats_ + added_seats_, most_seats);
    added_seats_ = 0;
    is_on_team_ = is_on_team_ || team_.has_upgraded;
    pay(from);
    meet_limit(from, from + market_period);
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
    const auto cents = seats_ * model_.seat_price_cents[is_on_team_ ? 1 : 0];
    rows_.write(at, "payment",
                fmt::format(R"("amount":"{}.{:02}","plan":"{}","seats":{})", cents / 100, cents % 100, plan(), seats_));
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
    if (!random_.bernoulli(of_mood(model_.adds_seats))) return;
    const auto wanted = 1 + random_.poisson(model_.further_seats);
    const auto at = within(from, market_period);
    added_seats_ = std::min(wanted, (is_on_team_ ? most_seats : starter_seats) - seats_);
    if (added_seats_ == 0) return;
    rows_.write(at, "seats_added", fmt::format(R"("seats":{})", added_seats_));
    additions_.emplace_back(at, added_seats_);
    meet_limit(at, from + market_period);
}

// The segment outgrowing_plan as the workspace defines it, and the pilot in it: once in a life. The plan
// that is paid changes with the next payment.
void TeamLife::meet_limit(Timestamp at, Timestamp period_end) {
    if (enrolments_.size() > next_plan_offer || is_on_team_ || seats_ < seats_near_limit) return;
    std::int64_t added = 0;
    for (const auto& [when, seats] : additions_) added += when > at - limit_window ? seats : 0;
    if (added < added_near_limit) return;
    const auto outcomes = expect_of_offer(model_, {team_.traits, team_.mood, seats_, period_end - at});
    enrol(next_plan_offer, at, outcomes);
    team_.has_upgraded = random_.bernoulli(outcomes[0].expected[market_arm(next_plan_offer, team_.customer)]);
    if (!team_.has_upgraded) return;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(period_end - at).count();
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

// Decides by the mood of the period that ended; who stays may change it.
bool TeamLife::renews() {
    const auto mood = static_cast<std::size_t>(team_.mood);
    const bool is_renewed = !random_.bernoulli(team_.traits.leaving[mood]);
    if (renewals_ == 0) {
        auto& share = truth_.first_renewals[mood];
        ++share.trials;
        share.successes += is_renewed ? 1 : 0;
    }
    if (!is_renewed) return false;
    ++renewals_;
    team_.mood = static_cast<Mood>(draw(model_.transition[mood]));
    return true;
}

void TeamLife::enrol(std::size_t pilot, Timestamp at, std::span<const KnownOutcome> outcomes) {
    enrolments_.push_back(
        {pilot, market_arm(pilot, team_.customer), at, team_.traits.is_small_crew, {outcomes.begin(), outcomes.end()}});
}

void TeamLife::note_outcomes() {
    auto& setup = enrolments_[guided_setup];
    setup.outcomes[0].observed = team_.is_activated ? 1 : 0;
    setup.outcomes[1].observed = renewals_ > 0 ? 1 : 0;
    setup.outcomes[2].observed = tickets_within(setup, simulated_pilots()[guided_setup].metrics()[2].window, false);
    if (enrolments_.size() > next_plan_offer) {
        auto& offer = enrolments_[next_plan_offer];
        offer.outcomes[0].observed = team_.has_upgraded ? 1 : 0;
        offer.outcomes[1].observed =
            tickets_within(offer, simulated_pilots()[next_plan_offer].metrics()[1].window, true);
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

Timestamp TeamLife::next_pack(Timestamp after) {
    constexpr double seconds_a_week = 7 * 86'400;
    const double weeks = std::min(random_.exponential(packs_per_week_), 1000.0);
    return after + std::chrono::seconds(1 + static_cast<std::int64_t>(weeks * seconds_a_week));
}

// A whole second after `from`, at most `length` after it.
Timestamp TeamLife::within(Timestamp from, Duration length) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(length).count();
    return from + std::chrono::seconds(1 + random_.below(static_cast<std::uint64_t>(seconds) - 1));
}

std::size_t TeamLife::draw(std::span<const double> shares) {
    double rest = random_.uniform();
    for (std::size_t index = 0; index + 1 < shares.size(); ++index) {
        if (rest < shares[index]) return index;
        rest -= shares[index];
    }
    return shares.size() - 1;
}

}  // namespace
}  // namespace segmentd::daemon
