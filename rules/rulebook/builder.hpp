// The working state while a rulebook is built: the book so far, and everything found wrong.
#pragma once

#include "rules/rulebook/scopes.hpp"

namespace segmentd::rules {

class Builder {
  public:
    // `accounts` is the rulebook of accounts for that of customers, null where it cannot be built.
    Builder(Definitions definitions, bool is_recorded, std::shared_ptr<const Rulebook> accounts);

    tl::expected<Rulebook, std::vector<Error>> build();

  private:
    void lay_out();
    void compile_features();
    void compile_feature(const FeatureDefinition& feature);
    void take_in(const Reference<SignalId>& signal, const Condition& where, std::int64_t meaning);
    expression::Type compile_value(const FeatureDefinition& feature, CompiledFeature& compiled);
    void compile_models();
    void compile_model(const ModelDefinition& model);
    void compile_scores();
    void compile_segments();
    void refuse_constants(const SegmentDefinition& segment, const char* key, const Condition& lines,
                          const Programs& programs);
    void refuse_stays(const SegmentDefinition& segment);
    void compile_tests();
    CompiledTest compile_test(const SegmentDefinition& segment, const SegmentTest& test);
    std::optional<Attributes> compile_test_signal(const TestSignal& given, const std::string& subject);
    void compile_given(const GivenValues& values, const char* root, CompiledTestStep& step);
    void compile_metrics();
    void compile_pilots();
    CompiledDecision compile_decision(const PilotDefinition& pilot, const DecisionDefinition& decision);
    void check_maturity();
    void check_maturity(const PilotDefinition& pilot, const CompiledPilot& compiled);
    std::optional<std::size_t> purpose_of(const PilotDefinition& pilot) const;
    void compile_sources();
    void compile_reports();
    void compile_endpoints();
    void try_on_samples(const EndpointDefinition& endpoint, const SourcePlace& place,
                        const expression::Program& program);
    void keep_one_of_each_place();
    void order_scores();
    void order_segments();
    void find_readers();
    void check_protection();
    void find_readers_of_profiles();
    void find_inputs();

    // Compiles one text that must give `wanted` (dynamic accepts all); errors are collected with
    // their place in the file and nothing is returned.
    std::optional<expression::Program> compile(const ExpressionText& text, const expression::Declarations& scope,
                                               const expression::Type& wanted);
    // The same where a number is wanted.
    std::optional<expression::Program> compile_number(const ExpressionText& text,
                                                      const expression::Declarations& scope);
    Programs compile(const Condition& condition, const expression::Declarations& scope);
    void refuse(SourcePlace place, std::string message, std::string rule, std::string hint);
    std::optional<std::size_t> direct_property(const ExpressionText& value, const SignalDefinition& signal) const;

    bool is_recorded_;
    Rulebook book_;
    std::vector<expression::Type> feature_types_;
    std::vector<Error> errors_;
};

}  // namespace segmentd::rules
