#include <fmt/format.h>

#include "rules/load/kind_tables.hpp"
#include "rules/load/readers.hpp"

namespace segmentd::rules::load {
namespace {

const Table<ScoreDefinition>& score_table();
const Table<TargetDefinition>& target_table();
Reader<int> decimals();
void finish_model(ModelDefinition& model, const Node& node, Reading& reading);

}  // namespace

const Table<ModelDefinition>& model_table() {
    using M = ModelDefinition;
    static const Table<M> table{
        "An interpretable model and the scores it gives, read as score.<name>.",
        {
            required("model", &M::id, name<ModelId>(declares(NameKind::model)), "name of the model"),
            optional("title", &M::title, text(), "the model in a few words"),
            required("type", &M::type, word<ModelType>(), "kind of model"),
            optional("owner", &M::owner, name<std::string>(uses(NameKind::person)), "who answers for it"),
            optional("signal", &M::signal, reference<SignalId>(NameKind::signal),
                     "transactions of bg_nbd and gamma_gamma"),
            optional("value", &M::value, expression_text(),
                     "money of one transaction, for gamma_gamma: CEL over event"),
            optional("unit", &M::unit, window(), "unit of time in which bg_nbd counts; default 1w"),
            optional("time_decimals", &M::time_decimals, decimals(), "rounds times to so many decimals before the fit"),
            optional("spend_decimals", &M::spend_decimals, decimals(),
                     "rounds mean spends to so many decimals before the fit"),
            optional("features", &M::features, list_of(reference<FeatureId>(NameKind::feature)), "inputs of logistic"),
            optional("target", &M::target, record(target_table()), "what logistic learns"),
            optional("ridge", &M::ridge, number_above(0),
                     "penalty of logistic on standardised coefficients; default 1"),
            optional("refresh_every", &M::refresh_every, window(), "how often scores follow the clock; default 1d"),
            optional("thresholds", &M::thresholds, map_of(declares(NameKind::threshold), measure()),
                     "borders, read as threshold.<name>"),
            required("scores", &M::scores, named(score_table(), &ScoreDefinition::name, declares(NameKind::score)),
                     "what the model gives"),
            not_built<M>("population", "whom the model is fitted on"),
            not_built<M>("monotone", "directions the model must keep"),
            not_built<M>("validation", "how the model is judged before use"),
            not_built<M>("economics", "how thresholds follow from costs"),
        },
        finish_model};
    return table;
}

namespace {

const Table<ScoreDefinition>& score_table() {
    using S = ScoreDefinition;
    static const Table<S> table{
        "",
        {
            optional("output", &S::output, word<ScoreOutput>(),
                     "what the score says; may be left out where there is one"),
            optional("horizon", &S::horizon, window(), "how far expected_purchases looks ahead"),
            optional("expression", &S::expression, expression_text(),
                     "the score of an expression model: CEL over a customer"),
        }};
    return table;
}

const Table<TargetDefinition>& target_table() {
    using T = TargetDefinition;
    static const Table<T> table{
        "",
        {
            required("condition", &T::condition, condition(), "did it become true? CEL over a customer"),
            optional("within", &T::within, window(), "looked at this long after the features' instant"),
        }};
    return table;
}

Reader<int> decimals() {
    auto whole = integer_from(0);
    return {
        whole.shape, [read = whole.read](const Node& node, Reading& reading) -> std::optional<int> {
            const auto value = read(node, reading);
            if (!value) return std::nullopt;
            if (*value <= 9) return static_cast<int>(*value);
            reading.refuse({node.at, "out_of_range", fmt::format("{} decimals are too many", *value), "write 0 to 9"});
            return std::nullopt;
        }};
}

// The outputs of each type; the first is the one meant where a score names none and it is alone.
std::vector<ScoreOutput> outputs_of(ModelType type) {
    switch (type) {
        case ModelType::bg_nbd: return {ScoreOutput::p_alive, ScoreOutput::expected_purchases};
        case ModelType::gamma_gamma: return {ScoreOutput::mean_spend};
        case ModelType::logistic: return {ScoreOutput::probability};
        case ModelType::expression: return {ScoreOutput::value};
    }
    return {};
}

void finish_score(ScoreDefinition& score, const ModelDefinition& model, const Node& node, Reading& reading) {
    const auto outputs = outputs_of(model.type);
    const Node* output = node.find("output");
    if (output == nullptr && outputs.size() == 1) score.output = outputs.front();
    if (std::find(outputs.begin(), outputs.end(), score.output) == outputs.end()) {
        std::string choices;
        for (const auto choice : outputs) choices += (choices.empty() ? "" : " or ") + std::string(to_word(choice));
        reading.refuse({output == nullptr ? node.at : output->at, "wrong_output",
                        fmt::format("{} model does not give {}", with_article(to_word(model.type)),
                                    output == nullptr ? "a score without output" : to_word(score.output)),
                        fmt::format("write output: {}", choices)});
        return;
    }
    const auto demand = [&](const char* key, bool is_there, bool is_needed) {
        if (is_needed && !is_there) {
            reading.refuse({node.at, "missing_key",
                            fmt::format("the output {} needs the key '{}'", to_word(score.output), key),
                            fmt::format("add {} to the score", key)});
        }
        if (is_there && !is_needed) {
            reading.refuse({node.find(key)->at, "unused_key",
                            fmt::format("the output {} has no {}", to_word(score.output), key),
                            fmt::format("leave {} out", key)});
        }
    };
    demand("horizon", score.horizon.has_value(), score.output == ScoreOutput::expected_purchases);
    demand("expression", !score.expression.empty(), score.output == ScoreOutput::value);
}

void finish_model(ModelDefinition& model, const Node& node, Reading& reading) {
    const auto demand = [&](const char* key, bool is_needed) {
        if (!is_needed || node.find(key) != nullptr) return;
        reading.refuse({node.at, "missing_key",
                        fmt::format("{} model needs the key '{}'", with_article(to_word(model.type)), key),
                        fmt::format("add {}", key)});
    };
    const auto refuse_unused = [&](const char* key, bool is_used) {
        if (is_used || node.find(key) == nullptr) return;
        reading.refuse({node.find(key)->at, "unused_key",
                        fmt::format("{} model has no {}", with_article(to_word(model.type)), key),
                        fmt::format("leave {} out", key)});
    };
    const bool is_of_purchases = model.type == ModelType::bg_nbd || model.type == ModelType::gamma_gamma;
    const bool is_logistic = model.type == ModelType::logistic;
    demand("signal", is_of_purchases);
    demand("value", model.type == ModelType::gamma_gamma);
    demand("features", is_logistic);
    demand("target", is_logistic);
    refuse_unused("signal", is_of_purchases);
    refuse_unused("value", is_of_purchases);
    for (const char* key : {"features", "target", "ridge"}) refuse_unused(key, is_logistic);
    const Node& scores = *node.find("scores");
    if (model.scores.empty()) {
        reading.refuse({scores.at, "missing_value", "the model gives no score", "name at least one"});
    }
    for (auto& score : model.scores) {
        reading.enter("scores." + score.name);
        finish_score(score, model, *scores.find(score.name), reading);
        reading.leave();
    }
}

}  // namespace
}  // namespace segmentd::rules::load
