// What each word of `compute` means: one table makes the checks of the loader and the reference.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "rules/definitions/features.hpp"

namespace segmentd::rules {

struct FeatureWord {
    Aggregate compute = Aggregate::count;
    std::string_view needed;   // keys that must stand there, parted by spaces
    std::string_view allowed;  // further keys that may
    std::string_view gives;    // the kind of value
    std::string_view without;  // the value where no signal counts
    std::string_view definition;
    std::string_view borders;  // exact rules, sentences
    std::string_view example;  // the lines of YAML below `compute`
};

// In the order in which people should read them; every word once.
std::span<const FeatureWord> feature_words();
const FeatureWord& feature_word(Aggregate compute);

// The keys that a list of FeatureWord names.
std::vector<std::string_view> keys_of(std::string_view list);
bool names_key(std::string_view list, std::string_view key);

}  // namespace segmentd::rules
