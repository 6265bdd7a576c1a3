// models/*.yaml: interpretable models and the scores they give.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rules/definitions/common.hpp"

namespace segmentd::rules {

enum class ModelType { bg_nbd, gamma_gamma, logistic, expression };

// What a score of a model says. BG/NBD gives p_alive and expected_purchases (over a horizon);
// Gamma-Gamma gives mean_spend; logistic gives probability; expression gives value.
enum class ScoreOutput { p_alive, expected_purchases, mean_spend, probability, value };

struct ScoreDefinition {
    std::string name;  // read as score.<name>
    ScoreOutput output = ScoreOutput::value;
    std::optional<Duration> horizon;
    ExpressionText expression;
    SourcePlace place;
};

// The quantity a logistic model learns: did the condition become true within the window?
struct TargetDefinition {
    Condition condition;             // CEL over feature/profile/segment as of the outcome instant
    std::optional<Duration> within;  // looked at this long after the features' instant
};

struct ModelDefinition {
    ModelId id;
    std::string title;
    ModelType type = ModelType::expression;
    std::string owner;
    Reference<SignalId> signal;  // transactions of bg_nbd and gamma_gamma
    ExpressionText value;        // money of one transaction (gamma_gamma)
    Duration unit = std::chrono::days(7);
    std::optional<int> time_decimals;            // rounds times in units to so many decimals before the fit
    std::optional<int> spend_decimals;           // rounds mean spends to so many decimals, halves up
    std::vector<Reference<FeatureId>> features;  // logistic
    TargetDefinition target;                     // logistic
    double ridge = 1.0;                          // logistic: penalty on standardised coefficients
    Duration refresh_every = std::chrono::days(1);
    std::map<std::string, double> thresholds;  // read as threshold.<name>
    std::vector<ScoreDefinition> scores;
    SourcePlace place;
};

const char* to_word(ModelType type);
const char* to_word(ScoreOutput output);

}  // namespace segmentd::rules
