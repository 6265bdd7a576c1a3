#include "daemon/reports/explain_segment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <set>

#include "base/json_text.hpp"
#include "daemon/engine/memberships/memberships.hpp"
#include "daemon/reports/segment_place.hpp"
#include "daemon/reports/segment_standing.hpp"
#include "rules/definitions/words.hpp"
#include "rules/expression/code.hpp"
#include "rules/expression/trace.hpp"
#include "rules/expression/value_text.hpp"
#include "rules/rulebook/slot_names.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

using rules::expression::Kind;
using rules::expression::Value;

namespace {

constexpr auto horizon = Days(2 * 365);
constexpr int most_instants = 5'000;
constexpr int halvings = 40;

// One customer beside one segment, at the engine's instant.
struct Subject {
    const Engine& engine;
    const Population& population;
    const Customer& customer;
    std::size_t segment = 0;
    Row row;

    const rules::CompiledSegment& compiled() const { return population.book().segments[segment]; }
    bool is_member() const { return customer.memberships.has(segment); }
};

json::array conditions(const Subject& subject);
json::value next_change(const Subject& subject);
json::value smallest_change(const Subject& subject);
void add_family(const Subject& subject, json::array& lines);
std::vector<const rules::expression::Program*> lines_behind(const Subject& subject);
json::object fitted_models(const Subject& subject);
json::value to_json(const Value& value);

}  // namespace

Result<json::object> explain_segment_report(const Engine& engine, const CustomerId& id, const SegmentId& segment) {
    TRY(place, place_of_segment(engine, segment));
    const auto& population = place.population;
    const char* kind = rules::word_of(place.of);
    const auto index = population.find(id);
    if (!index) return fail(ErrorCode::not_found, fmt::format("no record names the {} '{}'", kind, id.text));
    const auto& book = population.book();
    const Subject subject{engine, population, population.at(*index), place.segment,
                          row_with_memberships(population, *index, engine.engine_time())};
    json::object report{{kind, id.text},
                        {"segment", segment.text},
                        {"at", to_text(engine.engine_time())},
                        {"member", subject.is_member()}};
    const auto membership = subject.customer.memberships[place.segment];
    report["since"] = membership ? json::value(to_text(membership->since)) : json::value();
    const auto* origin = membership ? &population.origin_of(*membership) : nullptr;
    report["cause"] = origin != nullptr ? json::value(origin->cause) : json::value();
    report["values_then"] = membership ? json::parse(population.values_then(*membership)) : json::value();
    report["version"] = origin != nullptr ? json::value(origin->version) : json::value();
    report["unknown"] = membership && membership->unknown;
    report["definition_version"] = book.definitions.version;
    report["models"] = fitted_models(subject);
    report["conditions"] = conditions(subject);
    const auto& applied = engine.application();
    report["applied"] = {{"by", applied.actor}, {"at", to_text(applied.at)}, {"reason", applied.reason}};
    report["segment_version"] = book.definitions.segments[place.segment].version;
    for (auto& [name, value] : segment_standing(population, subject.customer, place.segment, subject.row)) {
        report[name] = std::move(value);
    }
    report["values"] = json::parse(inputs_of(population, place.segment, subject.row));
    report["next_change"] = next_change(subject);
    report["smallest_change"] = smallest_change(subject);
    return report;
}

namespace {

const char* to_word(Truth truth) {
    switch (truth) {
        case Truth::yes: return "true";
        case Truth::no: return "false";
        case Truth::unknown: break;
    }
    return "unknown";
}

json::value to_json(const Value& value) {
    return value.is_missing() ? json::value() : json::parse(rules::expression::to_json_text(value));
}

json::array parts(const rules::expression::Program& line, const Row& row) {
    json::array found;
    for (const auto& part : rules::expression::trace(line, row)) {
        json::object piece{{"text", line.text().substr(part.span.offset, part.span.length)},
                           {"value", to_json(part.value)}};
        if (!part.error.empty()) piece["error"] = part.error;
        if (!part.is_reached) piece["decided_without"] = true;
        found.push_back(std::move(piece));
    }
    return found;
}

json::array conditions(const Subject& subject) {
    const auto& compiled = subject.compiled();
    json::array lines;
    const auto add = [&](const char* key, const rules::Programs& programs) {
        for (const auto& line : programs) {
            lines.push_back({{"key", key},
                             {"condition", line.text()},
                             {"result", to_word(rules::expression::decide(line, subject.row))},
                             {"parts", parts(line, subject.row)}});
        }
    };
    if (!subject.is_member()) add("enter", compiled.enter);
    const bool has_own_stay = !subject.population.book().definitions.segments[subject.segment].stay.empty();
    if (subject.is_member() || has_own_stay) add("stay", compiled.stay);
    add("leave_at_once", compiled.leave_at_once);
    add_family(subject, lines);
    return lines;
}

// What a family asks of everybody: not to be in one of its segments that come first.
void add_family(const Subject& subject, json::array& lines) {
    const auto& book = subject.population.book();
    for (const auto higher : subject.compiled().comes_before) {
        const bool has_them = subject.customer.memberships.has(higher);
        const auto name = rules::name_of_slot(book, book.layout.segments + higher);
        lines.push_back({{"key", "family"},
                         {"condition", "!" + name},
                         {"result", to_word(has_them ? Truth::no : Truth::yes)},
                         {"parts", {{{"text", name}, {"value", has_them}}}}});
    }
}

// All lines on which the answer hangs: those of the segment, of those it reads, and of those that come before it.
std::vector<const rules::expression::Program*> lines_behind(const Subject& subject) {
    const auto& book = subject.population.book();
    std::vector<const rules::expression::Program*> found;
    std::vector<std::size_t> open{subject.segment};
    std::set<std::size_t> seen{subject.segment};
    const auto meet = [&](std::size_t segment) {
        if (seen.insert(segment).second) open.push_back(segment);
    };
    for (std::size_t i = 0; i < open.size(); ++i) {
        const auto& compiled = book.segments[open[i]];
        for (const auto* programs : {&compiled.enter, &compiled.stay, &compiled.leave_at_once}) {
            for (const auto& line : *programs) {
                found.push_back(&line);
                for (const int slot : rules::expression::slots_read(line)) {
                    const auto index = static_cast<std::size_t>(slot);
                    if (index >= book.layout.segments && index < book.layout.consents)
                        meet(index - book.layout.segments);
                }
            }
        }
        for (const auto higher : compiled.comes_before) meet(higher);
    }
    return found;
}

json::object fitted_models(const Subject& subject) {
    const auto& book = subject.population.book();
    const auto& layout = book.layout;
    json::object models;
    for (const auto* line : lines_behind(subject)) {
        for (const int slot : rules::expression::slots_read(*line)) {
            const auto index = static_cast<std::size_t>(slot);
            if (index < layout.scores || index >= layout.thresholds) continue;
            const auto& model = book.definitions.models[book.scores[index - layout.scores].model].id;
            const auto fitted = subject.population.models().find(model);
            models[model.text] = fitted == subject.population.models().end() ? 0 : fitted->second.version;
        }
    }
    return models;
}

// Decides about a copy as the engine would; whether it is a member then.
bool decided(const Subject& subject, Customer& copy, Row& row, Timestamp at) {
    decide_memberships(subject.population, copy, row, {"time", at, true});
    return copy.memberships.has(subject.segment);
}

json::value next_change(const Subject& subject) {
    const auto& population = subject.population;
    Customer copy = subject.customer;
    Timestamp at = subject.engine.engine_time();
    const Timestamp last = at + horizon;
    Row row;
    for (int i = 0; i < most_instants; ++i) {
        const Timestamp next = std::min(population.next_change(copy, at), next_stay_end(population, copy, at));
        if (next > last) return {};
        population.fill_row(copy, next, row);
        const bool is_member = decided(subject, copy, row, next);
        if (is_member != subject.is_member()) {
            return {{"at", to_text(next)},
                    {"in", to_text(next - subject.engine.engine_time())},
                    {"becomes", is_member ? "member" : "not_member"}};
        }
        at = next;
    }
    return {};
}

// The inputs behind the answer that describe the customer: no thresholds, no segments.
std::vector<std::size_t> own_slots(const Subject& subject) {
    const auto& layout = subject.population.book().layout;
    std::set<std::size_t> slots;
    for (const auto* line : lines_behind(subject)) {
        for (const int slot : rules::expression::slots_read(*line)) {
            const auto index = static_cast<std::size_t>(slot);
            if (index < layout.thresholds || index >= layout.consents) slots.insert(index);
        }
    }
    return {slots.begin(), slots.end()};
}

// The texts, truths and numbers that the conditions name: also for an input that is not known.
std::vector<Value> constants_in(const Subject& subject) {
    std::vector<Value> constants;
    for (const auto* line : lines_behind(subject)) {
        for (const auto& constant : line->code().constants) {
            const bool is_list = constant.kind() == Kind::list;
            const auto& items = is_list ? constant.as_list() : std::vector<Value>{constant};
            constants.insert(constants.end(), items.begin(), items.end());
        }
    }
    return constants;
}

class Counterfactual {
  public:
    explicit Counterfactual(const Subject& subject)
        : subject_(subject), copy_(subject.customer), constants_(constants_in(subject)) {}

    // The nearest other value of this input that turns the answer.
    void look(std::size_t slot);
    json::value best() const { return best_; }

  private:
    bool turns(std::size_t slot, const Value& value);
    void offer(std::size_t slot, const Value& value, double distance);
    void look_among_numbers(std::size_t slot, double direction);
    void try_constant(std::size_t slot, const Value& constant);

    const Subject& subject_;
    Customer copy_;
    std::vector<Value> constants_;
    json::value best_;
    double distance_ = 0;
};

void Counterfactual::look(std::size_t slot) {
    const Value& now = subject_.row[slot];
    if (now.kind() == Kind::boolean) {
        const auto other = Value::boolean(!now.as_boolean());
        if (turns(slot, other)) offer(slot, other, 1.0);
    } else if (now.kind() == Kind::integer || now.kind() == Kind::real) {
        look_among_numbers(slot, 1.0);
        look_among_numbers(slot, -1.0);
    }
    for (const auto& constant : constants_) try_constant(slot, constant);
}

bool Counterfactual::turns(std::size_t slot, const Value& value) {
    copy_.memberships = subject_.customer.memberships;
    Row row = subject_.row;
    row[slot] = value;
    return decided(subject_, copy_, row, subject_.engine.engine_time()) != subject_.is_member();
}

void Counterfactual::offer(std::size_t slot, const Value& value, double distance) {
    if (!best_.is_null() && distance >= distance_) return;
    distance_ = distance;
    best_ = {{"input", rules::name_of_slot(subject_.population.book(), slot)},
             {"from", to_json(subject_.row[slot])},
             {"to", to_json(value)}};
}

// Further and further away until the answer turns, then by halving to where it does.
void Counterfactual::look_among_numbers(std::size_t slot, double direction) {
    const Value& now = subject_.row[slot];
    const bool is_whole = now.kind() == Kind::integer;
    const double from = *as_number(now);
    const double unit = std::max(std::abs(from), 1.0);
    const auto value_of = [&](double number) {
        return is_whole ? Value::integer(static_cast<std::int64_t>(number)) : Value::real(number);
    };
    double near = from;
    for (const double step : {0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0, 10.0, 100.0}) {
        double far = from + direction * step * unit;
        if (is_whole) far = direction > 0 ? std::ceil(far) : std::floor(far);
        if (std::abs(far) > 0x1p53) return;
        if (!turns(slot, value_of(far))) {
            near = far;
            continue;
        }
        for (int i = 0; i < halvings; ++i) {
            const double middle = is_whole ? std::trunc((near + far) / 2) : (near + far) / 2;
            if (middle == near || middle == far) break;
            (turns(slot, value_of(middle)) ? far : near) = middle;
        }
        return offer(slot, value_of(far), std::abs(far - from) / unit);
    }
}

void Counterfactual::try_constant(std::size_t slot, const Value& constant) {
    const Value& now = subject_.row[slot];
    const auto number = as_number(now);
    double distance = 1.0;
    if (number && now.kind() == constant.kind()) {
        distance = std::abs(*as_number(constant) - *number) / std::max(std::abs(*number), 1.0);
    } else if (now.is_missing()) {
        distance = 2.0;
    } else if (now.kind() != Kind::string || constant.kind() != Kind::string) {
        return;
    }
    if (turns(slot, constant)) offer(slot, constant, distance);
}

json::value smallest_change(const Subject& subject) {
    Counterfactual search(subject);
    for (const auto slot : own_slots(subject)) search.look(slot);
    return search.best();
}

}  // namespace

}  // namespace segmentd::daemon
