// The rulebook: a workspace's definitions with every expression compiled and every name resolved
// to a place in one flat row of values, so that deciding about a customer looks nothing up.
//
// A customer's row holds, in this order: profile attributes, features, scores, thresholds,
// segment memberships, consents. An event's row holds the properties of its signal's contract; a
// source's row holds its columns.
//
// What is of accounts stands in a rulebook of its own, whose customers are the accounts: its profile is the account's,
// its features and segments are those of accounts, and it has no scores, consents, pilots or endpoints. The rulebook
// never changes after it is built and may be read from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rules/definitions/definitions.hpp"
#include "rules/expression/program.hpp"
#include "rules/features/feature_state.hpp"
#include "rules/playbooks/body_mapping.hpp"

namespace segmentd::rules {

using Programs = std::vector<expression::Program>;

struct RowLayout {
    std::size_t profile = 0;  // first slot of each group
    std::size_t features = 0;
    std::size_t scores = 0;
    std::size_t thresholds = 0;
    std::size_t segments = 0;
    std::size_t consents = 0;
    std::size_t size = 0;
};

// One kind of signal that a feature takes in, and what it takes it as.
struct FeatureSource {
    std::size_t feature = 0;
    Condition texts;
    Programs where;            // of the texts
    std::int64_t meaning = 0;  // of a sequence: the bit of the step, or breaks_sequence
};

struct CompiledFeature {
    FeaturePlan plan;
    std::optional<std::size_t> property;       // the value is this property as it came, or
    std::optional<expression::Program> value;  // it is computed
    Programs of;                               // share: which signals are the part
    bool is_read = false;                      // some segment or model depends on it
};

struct CompiledScore {
    std::size_t model = 0;
    ScoreOutput output = ScoreOutput::value;
    double horizon_units = 0;  // in the model's time unit
    std::optional<expression::Program> expression;
    bool is_read = false;
};

struct CompiledModel {
    std::optional<std::size_t> history;      // bg_nbd, gamma_gamma: index into Rulebook::histories
    std::vector<std::size_t> feature_slots;  // logistic
    Programs target;                         // logistic
};

// The purchase days that a model of repeat buying reads: one list a customer, shared by the
// models that read the same signal and value.
struct CompiledHistory {
    std::size_t signal = 0;
    std::optional<std::size_t> property;
    std::optional<expression::Program> value;
};

// A signal of a test at its instant, in the form in which the journal holds it.
struct CompiledTestSignal {
    Timestamp at{};
    SignalId signal;
    Attributes properties;
};

struct CompiledTestStep {
    Timestamp at{};
    std::map<std::size_t, expression::Value> given;  // by slot of the customer's row, from here on; missing: unknown
};

// A test of a segment with every name resolved and every moment an instant.
struct CompiledTest {
    Timestamp now{};
    std::vector<CompiledTestSignal> signals;  // by time
    std::vector<CompiledTestStep> steps;      // `first`, then those of `then`
    std::optional<Timestamp> flips_at;
};

struct CompiledSegment {
    Programs enter;
    Programs stay;
    Programs leave_at_once;
    std::vector<std::size_t> comes_before;  // the segments of its family with priority: who is in one is not in this
    bool reads_profile_alone = false;       // and thresholds; also through the segments that it reads
    std::vector<std::size_t> shown;         // the slots that `enter` and `stay` read: what a membership is told by
    std::vector<std::size_t> inputs;        // the slots that a decision looks at, each after those it stands on
    std::vector<CompiledTest> tests;        // as in the definition
};

struct CompiledMetric {
    std::size_t signal = 0;
    std::optional<std::size_t> property;
    std::optional<expression::Program> value;
    Programs where;
    int money_digits = -1;
};

// The lines of one verdict, over the judgements of decision_scope().
struct CompiledDecision {
    std::optional<expression::Program> ship;
    std::optional<expression::Program> roll_back;
    std::optional<expression::Program> confirm;
};

struct CompiledPilot {
    std::vector<std::size_t> metrics;    // metrics_of() as indexes into the definitions
    std::optional<std::size_t> purpose;  // index into the workspace's purposes: who does not allow it is not enrolled
    CompiledDecision leading;
    CompiledDecision lagging;
};

struct CompiledEmission {
    Programs when;
    std::optional<expression::Program> occurred_at;
    std::optional<expression::Program> arm;
    std::optional<expression::Program> account;
    std::map<std::string, expression::Program> values;
};

struct CompiledSource {
    expression::Program customer;
    expression::Program occurred_at;
    std::vector<CompiledEmission> emit;
};

struct Rulebook {
    Definitions definitions;
    int money_digits = 2;
    RowLayout layout;
    expression::Declarations scope;            // the names of a customer's row
    std::vector<std::string> profile_names;    // by slot
    std::vector<std::string> score_names;      // by slot
    std::vector<std::string> threshold_names;  // by slot, with their values
    std::vector<double> threshold_values;
    std::vector<CompiledFeature> features;                        // as in definitions
    std::vector<std::vector<FeatureSource>> sources_of_features;  // by signal; of one feature side by side
    std::vector<CompiledScore> scores;                            // by slot
    std::vector<CompiledModel> models;                            // as in definitions
    std::vector<CompiledHistory> histories;
    std::vector<CompiledSegment> segments;   // as in definitions
    std::vector<CompiledMetric> metrics;     // as in definitions
    std::vector<CompiledPilot> pilots;       // as in definitions
    std::vector<CompiledSource> sources;     // as in definitions
    std::vector<CompiledBody> bodies;        // of endpoints, as in definitions
    std::vector<std::size_t> score_order;    // each after the scores it reads
    std::vector<std::size_t> segment_order;  // each after the segments it reads and those that come before it
    // Places in segment_order, ascending: whose decision can change with this feature or history.
    std::vector<std::vector<std::uint32_t>> segments_by_feature;
    std::vector<std::vector<std::uint32_t>> segments_by_history;
    std::optional<expression::Program> revenue;
    std::optional<expression::Program> expected_value;
    std::vector<std::size_t> worth_inputs;     // the slots that these two look at, each after those it stands on
    std::shared_ptr<const Rulebook> accounts;  // the rulebook of accounts; it has none itself
};

// Compiles everything, or says everything that is wrong (at most 100 errors): CEL syntax and
// types, unknown names, cycles among scores and among segments, printed as the way round, conditions
// that read a protected attribute or a proxy of one without a signature, and verdicts and ends of observation that
// come before the last customer to join has the whole window of every metric that they wait for or read.
tl::expected<Rulebook, std::vector<Error>> build_rulebook(Definitions definitions);

// The same of load_recorded_workspace(): what today would be refused for its sense, its cost, its date or what
// it reads, not for its syntax or types, is taken.
tl::expected<Rulebook, std::vector<Error>> build_recorded_rulebook(Definitions definitions);

// The index of a definition by its name, or nothing.
template <typename Definition, typename AnyId>
std::optional<std::size_t> index_of(const std::vector<Definition>& list, const AnyId& id) {
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (list[i].id == id) return i;
    }
    return std::nullopt;
}

}  // namespace segmentd::rules
