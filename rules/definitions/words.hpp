// The words by which the choices in definitions are written in YAML and shown to people.
#pragma once

#include <array>
#include <string_view>

#include "rules/definitions/definitions.hpp"

namespace segmentd::rules {

template <typename Enum>
struct Word {
    const char* word;
    Enum value;
};

// All words of a choice, in the order in which people should read them.
template <typename Enum>
inline constexpr std::array<Word<Enum>, 0> words_of{};

template <>
inline constexpr auto words_of<AttributeType> = std::to_array<Word<AttributeType>>({{"text", AttributeType::text},
                                                                                    {"number", AttributeType::number},
                                                                                    {"integer", AttributeType::integer},
                                                                                    {"boolean", AttributeType::boolean},
                                                                                    {"money", AttributeType::money},
                                                                                    {"time", AttributeType::time}});

template <>
inline constexpr auto words_of<Subject> =
    std::to_array<Word<Subject>>({{"customer", Subject::customer}, {"account", Subject::account}});

template <>
inline constexpr auto words_of<Aggregate> = std::to_array<Word<Aggregate>>({{"count", Aggregate::count},
                                                                            {"sum", Aggregate::sum},
                                                                            {"mean", Aggregate::mean},
                                                                            {"min", Aggregate::min},
                                                                            {"max", Aggregate::max},
                                                                            {"first", Aggregate::first},
                                                                            {"last", Aggregate::last},
                                                                            {"distinct", Aggregate::distinct},
                                                                            {"most_frequent", Aggregate::most_frequent},
                                                                            {"recency", Aggregate::recency},
                                                                            {"gap", Aggregate::gap},
                                                                            {"trend", Aggregate::trend},
                                                                            {"decay", Aggregate::decay},
                                                                            {"share", Aggregate::share},
                                                                            {"regular", Aggregate::regular},
                                                                            {"stopped", Aggregate::stopped},
                                                                            {"restarted", Aggregate::restarted},
                                                                            {"sequence", Aggregate::sequence}});

template <>
inline constexpr auto words_of<Period> = std::to_array<Word<Period>>({{"day", Period::day},
                                                                      {"week", Period::week},
                                                                      {"month", Period::month},
                                                                      {"quarter", Period::quarter},
                                                                      {"year", Period::year}});

template <>
inline constexpr auto words_of<CalendarZone> =
    std::to_array<Word<CalendarZone>>({{"workspace", CalendarZone::workspace}, {"customer", CalendarZone::customer}});

template <>
inline constexpr auto words_of<ModelType> = std::to_array<Word<ModelType>>({{"bg_nbd", ModelType::bg_nbd},
                                                                            {"gamma_gamma", ModelType::gamma_gamma},
                                                                            {"logistic", ModelType::logistic},
                                                                            {"expression", ModelType::expression}});

template <>
inline constexpr auto words_of<ScoreOutput> =
    std::to_array<Word<ScoreOutput>>({{"p_alive", ScoreOutput::p_alive},
                                      {"expected_purchases", ScoreOutput::expected_purchases},
                                      {"mean_spend", ScoreOutput::mean_spend},
                                      {"probability", ScoreOutput::probability},
                                      {"value", ScoreOutput::value}});

template <>
inline constexpr auto words_of<MetricCompute> = std::to_array<Word<MetricCompute>>(
    {{"any", MetricCompute::any}, {"count", MetricCompute::count}, {"sum", MetricCompute::sum}});

template <>
inline constexpr auto words_of<MetricTiming> =
    std::to_array<Word<MetricTiming>>({{"leading", MetricTiming::leading}, {"lagging", MetricTiming::lagging}});

template <>
inline constexpr auto words_of<MetricDirection> =
    std::to_array<Word<MetricDirection>>({{"up", MetricDirection::up}, {"down", MetricDirection::down}});

template <>
inline constexpr auto words_of<AssignmentRule> =
    std::to_array<Word<AssignmentRule>>({{"hashed", AssignmentRule::hashed}, {"imported", AssignmentRule::imported}});

template <>
inline constexpr auto words_of<MissingRule> = std::to_array<Word<MissingRule>>(
    {{"exclude", MissingRule::exclude}, {"include", MissingRule::include}, {"error", MissingRule::error}});

template <>
inline constexpr auto words_of<EvidenceKind> = std::to_array<Word<EvidenceKind>>(
    {{"interview", EvidenceKind::interview}, {"survey", EvidenceKind::survey}, {"analysis", EvidenceKind::analysis}});

template <>
inline constexpr auto words_of<Expectation> = std::to_array<Word<Expectation>>(
    {{"member", Expectation::member}, {"not_member", Expectation::not_member}, {"unknown", Expectation::unknown}});

template <>
inline constexpr auto words_of<TouchTrigger> =
    std::to_array<Word<TouchTrigger>>({{"entered", TouchTrigger::entered}, {"left", TouchTrigger::left}});

template <>
inline constexpr auto words_of<ExistingMembers> =
    std::to_array<Word<ExistingMembers>>({{"ignore", ExistingMembers::ignore}, {"contact", ExistingMembers::contact}});

template <>
inline constexpr auto words_of<EndpointMode> =
    std::to_array<Word<EndpointMode>>({{"shadow", EndpointMode::shadow}, {"live", EndpointMode::live}});

template <>
inline constexpr auto words_of<EventType> =
    std::to_array<Word<EventType>>({{"touch", EventType::touch},
                                    {"segment.entered", EventType::segment_entered},
                                    {"segment.left", EventType::segment_left},
                                    {"review.opened", EventType::review_opened},
                                    {"review.overdue", EventType::review_overdue},
                                    {"pilot.decided", EventType::pilot_decided},
                                    {"account.entered", EventType::account_entered},
                                    {"account.left", EventType::account_left}});

template <>
inline constexpr auto words_of<SignatureEncoding> =
    std::to_array<Word<SignatureEncoding>>({{"hex", SignatureEncoding::hex}, {"base64", SignatureEncoding::base64}});

template <>
inline constexpr auto words_of<Basis> =
    std::to_array<Word<Basis>>({{"consent", Basis::consent}, {"legitimate_interest", Basis::legitimate_interest}});

template <>
inline constexpr auto words_of<SourceFormat> =
    std::to_array<Word<SourceFormat>>({{"csv", SourceFormat::csv}, {"json_lines", SourceFormat::json_lines}});

// The word of a value; every value has one.
template <typename Enum>
constexpr const char* word_of(Enum value) {
    for (const auto& known : words_of<Enum>) {
        if (known.value == value) return known.word;
    }
    return "";
}

}  // namespace segmentd::rules
