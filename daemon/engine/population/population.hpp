// The customers with their features and scores, and the row of values that conditions read.
//
// Used by the engine for the live state and, with the same code, for questions about the past: a
// second population that took only the signals up to an instant. One thread at a time.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <string_view>
#include <vector>

#include "base/records.hpp"
#include "daemon/engine/population/customer_table.hpp"
#include "daemon/engine/population/profile_columns.hpp"
#include "rules/rulebook/rulebook.hpp"
#include "rules/scoring/bg_nbd.hpp"
#include "rules/scoring/gamma_gamma.hpp"

namespace segmentd::daemon {

using Row = std::vector<rules::expression::Value>;

// What changed of a customer: indexes into the rulebook's features and histories.
struct Touched {
    std::vector<std::size_t> features;
    std::vector<std::size_t> histories;
};

class Population {
  public:
    // Starts to use these definitions. Memberships of segments that still exist stay. What features and histories of
    // known customers hold stays as it is: where they are computed otherwise, the caller puts others in their place.
    void use(std::shared_ptr<const rules::Rulebook> book);
    const rules::Rulebook& book() const { return *book_; }
    std::shared_ptr<const rules::Rulebook> shared_book() const { return book_; }
    bool has_book() const { return book_ != nullptr; }

    // From here on the scores of this model follow these parameters.
    void set_model(const ModelRecord& model);
    const std::map<ModelId, ModelRecord>& models() const { return models_; }

    std::size_t find_or_create(const CustomerId& id);
    std::optional<std::size_t> find(const CustomerId& id) const { return customers_.find(id.text); }
    std::size_t size() const { return customers_.size(); }
    Customer& at(std::size_t index) { return customers_[index]; }
    const Customer& at(std::size_t index) const { return customers_[index]; }

    // Brings near what decisions about these customers read, all at once where each by itself would be waited for.
    // Changes nothing; worth while for a dozen and more.
    void expect(std::span<const std::size_t> customers) const;

    // The same by ids, which may be unknown.
    void expect(std::span<const std::string_view> ids) const;

    // Visits these customers in their order, each brought near before.
    void visit(const std::ranges::random_access_range auto& customers, auto&& visit) const {
        std::array<std::size_t, customers_at_once> few;
        const auto count = std::ranges::size(customers);
        for (std::size_t first = 0; first < count; first += few.size()) {
            const auto next = customers | std::views::drop(first) | std::views::take(few.size());
            const auto end = std::ranges::copy(next, few.begin()).out;
            const std::span known(few.begin(), end);
            expect(known);
            for (const auto customer : known) visit(customer);
        }
    }
    void visit_all(auto&& visit) const { this->visit(std::views::iota(std::size_t{0}, size()), visit); }

    // The customer's own zone where their profile names one that is known, else the workspace's.
    const Zone& zone_of(const Customer& customer) const;

    // Hands a signal to the features and histories that read it, and looks at no others. They are added to `touched`
    // where somebody asks.
    void take_signal(Customer& customer, const SignalRecord& signal, Timestamp occurred_at, Timestamp now,
                     Touched* touched = nullptr);
    void take_profile(const Customer& customer, const ProfileRecord& profile);

    // The attributes of a customer, as they came.
    Attributes profile_of(const Customer& customer) const { return profiles_.of(customer.place); }

    // Lets windows lapse until `now` and fills the row: profile, features, scores, thresholds and
    // consents. Segment slots are left missing.
    void fill_row(Customer& customer, Timestamp now, Row& row) const;

    // The same for one slot, memberships included. A score's inputs must stand in the row.
    void fill_slot(Customer& customer, Timestamp now, std::size_t slot, Row& row) const;

    // The same values for who only looks.
    void look_at_row(const Customer& customer, Timestamp now, Row& row) const;
    void look_at_slot(const Customer& customer, Timestamp now, std::size_t slot, Row& row) const;
    void look_at_slots(const Customer& customer, Timestamp now, const std::vector<std::size_t>& slots, Row& row) const {
        for (const auto slot : slots) look_at_slot(customer, now, slot, row);
    }

    // Puts a value into a slot of every customer's row, whatever signals, models and memberships say; missing stands
    // for unknown. For tests of a segment and for questions of the kind "what if": the state is no longer that of
    // the journal then.
    void fix(std::size_t slot, rules::expression::Value value) { fixed_[slot] = std::move(value); }
    bool is_fixed(std::size_t slot) const { return fixed_.contains(slot); }
    bool has_fixed() const { return !fixed_.empty(); }

    // The first instant after `now` at which an input that some segment reads can change without
    // a signal, or `never`.
    Timestamp next_change(const Customer& customer, Timestamp now) const;

    // The same of the inputs that a signal touched alone.
    Timestamp next_change(const Customer& customer, Timestamp now, const Touched& touched) const;

    // What memberships have in common is kept once, under a number.
    std::uint32_t keep(Origin origin) const { return origins_->keep(std::move(origin)); }
    const Origin& origin_of(const Membership& membership) const { return (*origins_)[membership.origin]; }

    // The inputs as they were when the membership began, a JSON object: {"score.alive":0.81}.
    std::string values_then(const Membership& membership) const {
        return values_object(origin_of(membership).inputs, membership.values);
    }

    // What the workspace calls revenue and expected value, or nothing where they are not known.
    std::optional<double> revenue(const Row& row) const;
    std::optional<double> expected_value(const Row& row) const;

    // The effective answer about a purpose: what the customer said, else what its basis says.
    bool allows(const Customer& customer, const rules::Purpose& purpose) const;

  private:
    static constexpr std::size_t customers_at_once = 32;

    struct Fitted {
        std::optional<rules::BgNbdParameters> bg_nbd;
        std::optional<rules::GammaGammaParameters> gamma_gamma;
        std::optional<std::vector<double>> logistic;  // intercept, then one for each feature
    };

    void adopt(const ModelRecord& model);
    rules::LocalInstant local(const rules::FeaturePlan& plan, const Customer& customer, Timestamp now) const;
    void keep_memberships(const rules::Rulebook& old_book);
    void let_lapse(Customer& customer, Timestamp now, std::size_t feature) const;
    Timestamp next_change_of(std::size_t feature, const Customer& customer, Timestamp now) const;
    Timestamp next_refresh(Timestamp now) const;
    std::optional<double> score(std::size_t index, const Customer& customer, Timestamp now, const Row& row) const;
    std::optional<rules::PurchaseSummary> summary(std::size_t model, const Customer& customer, Timestamp now) const;

    std::shared_ptr<const rules::Rulebook> book_;
    std::map<ModelId, ModelRecord> models_;
    std::vector<Fitted> fitted_;  // as in the rulebook's models
    CustomerTable customers_;
    ProfileColumns profiles_;
    std::vector<std::size_t> profile_slots_;  // by slot of the row: the number of the attribute
    std::size_t zone_attribute_ = 0;
    // Only ever grows: memberships hold numbers of it, those of copies of this population too.
    std::shared_ptr<Origins> origins_ = std::make_shared<Origins>();
    std::map<std::size_t, rules::expression::Value> fixed_;  // by slot; usually empty
};

// The values of an event's row, in the order of its contract; absent properties are missing.
Row event_row(const rules::SignalDefinition& signal, const Attributes& properties, int currency_digits);

// True where every condition is true; an error or an unknown input counts as not true.
bool holds(const rules::Programs& conditions, std::span<const rules::expression::Value> row);

// A number of any numeric kind as a double; nothing for other kinds.
std::optional<double> as_number(const rules::expression::Value& value);

// The amount of a signal for a sum: its property as it came, or the value of the expression;
// nothing where it is absent or cannot be computed.
std::optional<Attribute> amount_of(const SignalRecord& signal, const rules::SignalDefinition& contract,
                                   const std::optional<std::size_t>& property,
                                   const std::optional<rules::expression::Program>& value, const Row& event);

// How a model that reads purchase days measures time and money.
rules::PurchaseScale purchase_scale(const rules::Rulebook& book, std::size_t model);

}  // namespace segmentd::daemon
