// The words of the choices that records hold: as stored, printed and typed.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "base/records.hpp"

namespace segmentd {

// The words of a choice, in the order of its values.
template <typename Choice>
inline constexpr std::array<const char*, 0> choice_words{};
template <>
inline constexpr std::array choice_words<DeliveryOutcome> = {"delivered", "failed", "given_up"};
template <>
inline constexpr std::array choice_words<PauseTarget> = {"playbook", "pilot", "endpoint"};
template <>
inline constexpr std::array choice_words<ReviewAction> = {"acknowledge", "snooze",  "keep",
                                                          "recalibrate", "refresh", "retire"};
template <>
inline constexpr std::array choice_words<LearningSubject> = {"segment", "pilot"};
template <>
inline constexpr std::array choice_words<LearningCause> = {"data_gap", "process", "market", "hypothesis"};
template <>
inline constexpr std::array choice_words<PilotVerdict> = {"leading", "lagging"};

template <>
inline constexpr std::array choice_words<TokenAction> = {"created", "revoked"};

template <>
inline constexpr std::array choice_words<Verdict> = {"different", "no_measurable_difference", "not_enough_data"};

template <typename Choice>
concept IsChoice = !choice_words<Choice>.empty();

template <IsChoice Choice>
constexpr const char* to_word(Choice choice) {
    return choice_words<Choice>.at(static_cast<std::size_t>(choice));
}

// Nothing where the word is none of them.
template <IsChoice Choice>
constexpr std::optional<Choice> choice_of(std::string_view word) {
    for (std::size_t i = 0; i < choice_words<Choice>.size(); ++i) {
        if (choice_words<Choice>[i] == word) return static_cast<Choice>(i);
    }
    return std::nullopt;
}

}  // namespace segmentd
