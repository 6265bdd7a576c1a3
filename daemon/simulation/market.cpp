#include "daemon/simulation/market.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/random.hpp"
#include "experiments/assignment/bucketing.hpp"

namespace segmentd::daemon {
namespace {

constexpr std::int64_t starter_seats = 10;
constexpr std::int64_t most_seats = 60;
constexpr Duration activation_window = std::chrono::days(14);
constexpr Duration latest_activation = std::chrono::days(13);

// One line of the file; `details` is the rest of its JSON object.
struct Event {
    Timestamp at{};
    std::size_t team = 0;
    const char* name = "";
    std::string details;
    std::size_t order = 0;  // of events of the same instant: as they were written down
};

struct Chronicle {
    std::vector<Event> events;
    MarketTruth truth;
};

// Lives one team through, period by period, and writes down what happens.
class TeamLife {
  public:
    TeamLife(const MarketModel& model, const MarketSettings& settings, std::size_t number, Chronicle& chronicle);

    void run();

  private:
    void begin();
    void set_out();
    void live_period(Timestamp from);
    void pay(Timestamp at);
    void work(Timestamp from);
    void add_seats(Timestamp from);
    void ask_for_help(Timestamp from);
    void answer(Timestamp from);
    bool renews();
    void note_arm();

    void emit(Timestamp at, const char* name, std::string details);
    std::int64_t schedules_at(Timestamp at);
    Timestamp within(Timestamp from, Duration length);
    std::size_t draw(std::span<const double> shares);
    double of_mood(const ByMood& values) const { return values[static_cast<std::size_t>(team_.mood)]; }
    const char* plan() const { return seats_ > starter_seats ? "team" : "starter"; }

    const MarketModel& model_;
    const Timestamp ends_at_;
    const std::size_t number_;
    Chronicle& chronicle_;
    TeamTruth team_;
    Random random_;
    double sessions_per_week_ = 0;
    std::int64_t seats_ = 0;
    std::int64_t added_seats_ = 0;  // paid from the next period
    std::int64_t renewals_ = 0;
    Timestamp publishes_from_{};
};

void count(KnownShare& share, bool is_success);
std::string customer_name(std::size_t number) {
    return fmt::format("team-{:05}", number);
}
std::string to_json_lines(const Chronicle& chronicle);

}  // namespace

Market simulate_market(const MarketModel& model, const MarketSettings& settings) {
    Chronicle chronicle;
    auto& truth = chronicle.truth;
    for (std::size_t arm = 0; arm < model.arms.size(); ++arm) {
        truth.arms[arm].activated.probability = model.activation[arm];
        truth.arms[arm].first_renewal.probability = first_renewal_probability(model, arm);
    }
    for (std::size_t mood = 0; mood < mood_count; ++mood) truth.renewals[mood].probability = model.renewal[mood];
    for (std::int64_t number = 1; number <= settings.customers; ++number) {
        TeamLife(model, settings, static_cast<std::size_t>(number), chronicle).run();
    }
    for (std::size_t i = 0; i < chronicle.events.size(); ++i) chronicle.events[i].order = i;
    std::ranges::sort(chronicle.events, {}, [](const Event& event) { return std::pair(event.at, event.order); });
    const auto rows = static_cast<std::int64_t>(chronicle.events.size());
    return {to_json_lines(chronicle), rows, std::move(truth)};
}

double first_renewal_probability(const MarketModel& model, std::size_t arm) {
    double activated = 0;
    double not_activated = 0;
    for (std::size_t mood = 0; mood < mood_count; ++mood) {
        activated += model.mood_if_activated[mood] * model.renewal[mood];
        not_activated += model.mood_if_not[mood] * model.renewal[mood];
    }
    return model.activation[arm] * activated + (1 - model.activation[arm]) * not_activated;
}

std::size_t market_arm(const std::string& customer) {
    constexpr std::array<double, 2> weights = {0.5, 0.5};
    return experiments::assign_arm(customer, "guided_setup", weights).value_or(0);
}

const char* to_word(Mood mood) {
    switch (mood) {
        case Mood::growing: return "growing";
        case Mood::steady: return "steady";
        case Mood::fading: return "fading";
    }
    return "steady";
}

namespace {

// The larger of two uniform draws has the density 2u: more teams start late in the year than early.
TeamLife::TeamLife(const MarketModel& model, const MarketSettings& settings, std::size_t number, Chronicle& chronicle)
    : model_(model),
      ends_at_(settings.ends_at),
      number_(number),
      chronicle_(chronicle),
      random_(settings.seed, customer_name(number)) {
    team_.customer = customer_name(number);
    team_.arm = market_arm(team_.customer);
    const double first = random_.uniform();
    const double second = random_.uniform();
    const auto seconds = static_cast<double>(std::chrono::floor<std::chrono::seconds>(market_year).count());
    const auto offset = static_cast<std::int64_t>(std::max(first, second) * seconds);
    team_.started_at = ends_at_ - market_year + std::chrono::seconds(offset);
}

void TeamLife::run() {
    begin();
    set_out();
    live_period(team_.started_at);
    team_.is_paying = true;
    for (Timestamp from = team_.started_at + market_period; from < ends_at_ && team_.is_paying; from += market_period) {
        team_.is_paying = renews();
        if (team_.is_paying) live_period(from);
    }
    note_arm();
    chronicle_.truth.teams.push_back(team_);
}

void TeamLife::begin() {
    static constexpr std::array<const char*, 5> countries = {"DE", "FI", "FR", "NL", "SE"};
    static constexpr std::array<const char*, 5> industries = {"care", "cafe", "retail", "clinic", "events"};
    static constexpr std::array<const char*, 4> ways = {"search", "referral", "partner", "advert"};
    seats_ = std::min(2 + random_.geometric(model_.seat_stop), most_seats);
    sessions_per_week_ = random_.gamma(model_.session_shape, model_.session_shape / model_.sessions_per_week);
    const auto employees = seats_ + random_.poisson(2.0 * static_cast<double>(seats_));
    const auto* country = countries[random_.below(countries.size())];
    const auto* industry = industries[random_.below(industries.size())];
    const auto* way = ways[random_.below(ways.size())];
    emit(team_.started_at, "account_created",
         fmt::format(R"("country":"{}","industry":"{}","employees":{},"found_through":"{}","tips":{})", country,
                     industry, employees, way, random_.bernoulli(0.7)));
    emit(team_.started_at, "subscription_started", fmt::format(R"("plan":"{}","seats":{})", plan(), seats_));
}

// Whether the first weeks go well; nobody sees it but in what follows.
void TeamLife::set_out() {
    team_.is_activated = random_.bernoulli(model_.activation[team_.arm]);
    publishes_from_ = team_.is_activated ? within(team_.started_at, latest_activation)
                                         : team_.started_at + activation_window + std::chrono::seconds(1);
    team_.mood = static_cast<Mood>(draw(team_.is_activated ? model_.mood_if_activated : model_.mood_if_not));
}

void TeamLife::live_period(Timestamp from) {
    seats_ = std::min(seats_ + added_seats_, most_seats);
    added_seats_ = 0;
    pay(from);
    work(from);
    add_seats(from);
    ask_for_help(from);
    answer(from);
}

void TeamLife::pay(Timestamp at) {
    const auto cents = seats_ * model_.seat_price_cents[seats_ > starter_seats ? 1 : 0];
    emit(at, "payment",
         fmt::format(R"("amount":"{}.{:02}","plan":"{}","seats":{})", cents / 100, cents % 100, plan(), seats_));
}

// The visit in which a team begins to publish is one more than the rate gives.
void TeamLife::work(Timestamp from) {
    constexpr double weeks = 30.0 / 7.0;
    const auto visits = random_.poisson(sessions_per_week_ * of_mood(model_.session_factor) * weeks);
    for (std::int64_t visit = 0; visit < visits; ++visit) {
        const auto at = within(from, market_period);
        const auto minutes = 2 + random_.poisson(16);
        emit(at, "session", fmt::format(R"("minutes":{},"schedules":{})", minutes, schedules_at(at)));
    }
    if (team_.is_activated && from == team_.started_at) {
        emit(publishes_from_, "session", fmt::format(R"("minutes":{},"schedules":1)", 20 + random_.poisson(10)));
    }
}

std::int64_t TeamLife::schedules_at(Timestamp at) {
    const auto schedules = random_.poisson(model_.schedules_per_session);
    return at < publishes_from_ ? 0 : schedules;
}

void TeamLife::add_seats(Timestamp from) {
    if (!random_.bernoulli(of_mood(model_.adds_seats))) return;
    added_seats_ = 1 + random_.poisson(model_.further_seats);
    emit(within(from, market_period), "seats_added", fmt::format(R"("seats":{})", added_seats_));
}

void TeamLife::ask_for_help(Timestamp from) {
    static constexpr std::array<const char*, 3> severities = {"question", "problem", "outage"};
    const auto tickets = random_.poisson(of_mood(model_.tickets));
    for (std::int64_t ticket = 0; ticket < tickets; ++ticket) {
        const auto* severity = severities[draw(model_.ticket_severity)];
        emit(within(from, market_period), "ticket_opened", fmt::format(R"("severity":"{}")", severity));
    }
}

void TeamLife::answer(Timestamp from) {
    if (!random_.bernoulli(model_.answers)) return;
    const bool is_praise = random_.bernoulli(of_mood(model_.praises));
    const auto rating = is_praise ? 9 + random_.below(2) : 3 + random_.below(6);
    emit(within(from, market_period), "feedback", fmt::format(R"("rating":{})", rating));
}

// Decides by the mood of the period that ended; who stays may change it.
bool TeamLife::renews() {
    const auto mood = static_cast<std::size_t>(team_.mood);
    const bool is_renewed = random_.bernoulli(model_.renewal[mood]);
    count(chronicle_.truth.renewals[mood], is_renewed);
    if (!is_renewed) return false;
    ++renewals_;
    team_.mood = static_cast<Mood>(draw(model_.transition[mood]));
    return true;
}

void TeamLife::note_arm() {
    auto& arm = chronicle_.truth.arms[team_.arm];
    ++arm.teams;
    if (team_.started_at + activation_window < ends_at_) count(arm.activated, team_.is_activated);
    if (team_.started_at + market_period < ends_at_) count(arm.first_renewal, renewals_ > 0);
}

void TeamLife::emit(Timestamp at, const char* name, std::string details) {
    if (at < ends_at_) chronicle_.events.push_back({at, number_, name, std::move(details)});
}

void count(KnownShare& share, bool is_success) {
    ++share.trials;
    share.successes += is_success ? 1 : 0;
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

std::string to_json_lines(const Chronicle& chronicle) {
    std::string lines;
    for (const auto& event : chronicle.events) {
        fmt::format_to(std::back_inserter(lines), R"({{"event":"{}","customer":"{}","at":"{}",{}}})", event.name,
                       customer_name(event.team), to_text(event.at), event.details);
        lines += '\n';
    }
    return lines;
}

}  // namespace
}  // namespace segmentd::daemon
