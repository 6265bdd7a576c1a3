#include "rules/definitions/feature_words.hpp"

#include <algorithm>
#include <array>

namespace segmentd::rules {
namespace {

constexpr std::array words = {
    FeatureWord{Aggregate::count, "signal", "where window zone", "whole number", "0", "How many signals there were.",
                "Every signal counts once, also several at one instant.", "signal: order\ncompute: count\nwindow: 90d"},
    FeatureWord{Aggregate::sum, "signal value", "where window zone", "number", "0", "The values added up.",
                "Exact: money in its smallest unit, other numbers in units of 2^-20. A signal without the value does "
                "not count.",
                "signal: order\ncompute: sum\nvalue: event.amount\nwindow: this_year"},
    FeatureWord{Aggregate::mean, "signal value", "where window zone", "number", "unknown", "The average of the values.",
                "The exact sum divided by the number of signals that have the value.",
                "signal: order\ncompute: mean\nvalue: event.amount\nwindow: 180d"},
    FeatureWord{Aggregate::min, "signal value", "where window zone", "the value's", "unknown", "The smallest value.",
                "Texts compare by their bytes, false is below true.",
                "signal: feedback\ncompute: min\nvalue: event.rating\nwindow: 90d"},
    FeatureWord{Aggregate::max, "signal value", "where window zone", "the value's", "unknown", "The largest value.",
                "As min.", "signal: order\ncompute: max\nvalue: event.amount"},
    FeatureWord{Aggregate::first, "signal value", "where window zone", "the value's", "unknown",
                "The value of the earliest signal.", "Of signals at one instant the one that arrived first.",
                "signal: order\ncompute: first\nvalue: event.channel"},
    FeatureWord{Aggregate::last, "signal value", "where window zone", "the value's", "unknown",
                "The value of the latest signal.", "Of signals at one instant the one that arrived last.",
                "signal: payment\ncompute: last\nvalue: event.plan\nwindow: 31d"},
    FeatureWord{Aggregate::distinct, "signal value", "where window zone", "whole number", "0",
                "How many different values there were.", "The number 1 and the text 1 differ; a zero has no sign.",
                "signal: order\ncompute: distinct\nvalue: event.category\nwindow: 180d"},
    FeatureWord{Aggregate::most_frequent, "signal value", "where window zone", "the value's", "unknown",
                "The value that came most often.",
                "Of equally frequent values the one that came last; of those at one instant the larger.",
                "signal: order\ncompute: most_frequent\nvalue: event.category\nwindow: 180d"},
    FeatureWord{Aggregate::recency, "signal", "where window zone", "whole number", "unknown",
                "Whole days since the latest signal.",
                "A day is 24 hours from the signal on: 0 until just before it is 24 hours old, then 1.",
                "signal: order\ncompute: recency"},
    FeatureWord{Aggregate::gap, "signal", "where window zone", "number", "unknown; also with one signal",
                "The mean time between signals, in days.",
                "From the earliest to the latest signal, divided by one less than there are; the silence since the "
                "latest does not count.",
                "signal: order\ncompute: gap\nwindow: 365d"},
    FeatureWord{Aggregate::trend, "signal value window", "where zone", "number",
                "unknown; also where all signals are of one instant", "How much the value rises a day.",
                "The slope of the least-squares line through the values over time; a day is 24 hours. Multiply by 30 "
                "for a month.",
                "signal: payment\ncompute: trend\nvalue: event.seats\nwindow: 180d"},
    FeatureWord{Aggregate::decay, "signal half_life", "value where refresh_every", "number", "0",
                "The signals counted with a weight that halves every half_life.",
                "Without value each signal counts 1. The weights are those of the latest signal's instant plus the "
                "whole refresh_every (1d if left out) that have passed since. A signal older than 50 half-lives is "
                "dropped.",
                "signal: session\ncompute: decay\nhalf_life: 14d"},
    FeatureWord{Aggregate::share, "signal of", "value where window zone", "number from 0 to 1",
                "unknown; also where the whole is 0", "Which part of the signals the condition `of` holds for.",
                "With value the part of its sum instead of the part of the signals.",
                "signal: order\ncompute: share\nof: event.channel == 'online'\nvalue: event.amount\nwindow: 90d"},
    FeatureWord{Aggregate::regular, "signal period periods at_least", "where zone", "true or false", "false",
                "Whether there were signals in at least so many of the last whole periods.",
                "The periods end with the one before the running one, so a signal of today counts when its period is "
                "over.",
                "signal: order\ncompute: regular\nperiod: month\nperiods: 6\nat_least: 4"},
    FeatureWord{Aggregate::stopped, "signal after", "where", "true or false", "false",
                "Whether there were signals, and none for as long as `after`.",
                "True from exactly the latest signal plus `after` on. Who never began has not stopped.",
                "signal: session\ncompute: stopped\nafter: 30d"},
    FeatureWord{Aggregate::restarted, "signal after window", "where zone", "true or false", "false",
                "Whether a signal of the window came after a silence of at least `after`.",
                "The silence is counted from the signal before, which may be older than the window. The first signal "
                "of all is no restart.",
                "signal: session\ncompute: restarted\nafter: 60d\nwindow: 14d"},
    FeatureWord{Aggregate::sequence, "steps window", "without zone", "true or false", "false",
                "Whether the steps were gone through in their order, the last of them within the window.",
                "Each step after the first comes at most `within` after the one before it. At one instant the order "
                "of arrival counts. Nothing of `without` may lie between the first and the last step. A signal is at "
                "most one step of a run.",
                "compute: sequence\nsteps:\n  - {signal: trial_started}\n  - {signal: session, within: 3d}\n"
                "  - {signal: order, within: 14d}\nwithout:\n  - {signal: ticket_opened}\nwindow: 90d"},
};

}  // namespace

std::span<const FeatureWord> feature_words() {
    return words;
}

const FeatureWord& feature_word(Aggregate compute) {
    return *std::ranges::find(words, compute, &FeatureWord::compute);
}

std::vector<std::string_view> keys_of(std::string_view list) {
    std::vector<std::string_view> keys;
    while (!list.empty()) {
        keys.push_back(list.substr(0, list.find(' ')));
        list.remove_prefix(std::min(keys.back().size() + 1, list.size()));
    }
    return keys;
}

bool names_key(std::string_view list, std::string_view key) {
    return std::ranges::count(keys_of(list), key) > 0;
}

}  // namespace segmentd::rules
