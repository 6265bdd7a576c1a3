// Looks things up in the bytes of a YAML file that a parser does not tell.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "rules/load/yaml_node.hpp"

namespace segmentd::rules::load {

// A text from a file for an error message: in quotes, on one line, at most 40 bytes of it.
std::string shown(std::string_view text);

// The bytes of a file, by line and column. What it gives out refers to it.
class RawText {
  public:
    explicit RawText(std::string bytes);

    // A line without its end, counted from 1; empty beyond the last.
    std::string_view line(int number) const;

    // The place behind `&anchor` and the spaces after it, or the same place.
    Position after_anchor(Position at) const;

    // False where a quote stands at the place and the file ends before it closes.
    bool closes_its_quote(Position at) const;

    // Where the text of a quoted or block scalar begins, given where the scalar begins.
    Position first_character(Position at) const;

    // The '-', ',' or bracket that stands last before a place, with nothing but space between; or
    // the same place.
    Position sign_before(Position at) const;

  private:
    std::string_view from(Position at) const;

    std::string bytes_;
    std::vector<std::size_t> line_starts_;
};

}  // namespace segmentd::rules::load
