// The difference of two texts as diff -u prints it.
//
// The longest common subsequence of lines, by the table of Wagner and Fischer (1974): plain, and fast enough for
// files that people write. Debian's library for it (dtl) does not compile with clang 19.
#pragma once

#include <string>
#include <vector>

namespace segmentd::rules::load {

// Hunks with up to three equal lines around each change; empty where the texts are equal. Texts of more than 2,000
// changed lines each are shown as replaced in one piece.
std::string line_difference(const std::vector<std::string>& from, const std::vector<std::string>& to);

}  // namespace segmentd::rules::load
