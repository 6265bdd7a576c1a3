#include "rules/load/yaml_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace segmentd::rules::load {

std::string shown(std::string_view text) {
    constexpr std::size_t longest = 40;
    std::size_t length = std::min(text.size(), longest);
    // A cut never parts the bytes of one character.
    while (length > 0 && length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U) --length;
    std::string line(text.substr(0, length));
    for (char& c : line) {
        if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    }
    return fmt::format("'{}{}'", line, length < text.size() ? "..." : "");
}

RawText::RawText(std::string bytes) : bytes_(std::move(bytes)), line_starts_{0} {
    for (std::size_t i = 0; i < bytes_.size(); ++i) {
        if (bytes_[i] == '\n') line_starts_.push_back(i + 1);
    }
}

std::string_view RawText::line(int number) const {
    if (number < 1 || static_cast<std::size_t>(number) > line_starts_.size()) return {};
    const auto rest = std::string_view(bytes_).substr(line_starts_[static_cast<std::size_t>(number) - 1]);
    return rest.substr(0, rest.find('\n'));
}

Position RawText::after_anchor(Position at) const {
    const auto rest = from(at);
    if (!rest.starts_with('&')) return at;
    const auto name_end = rest.find_first_of(" \t\r\n");
    const auto value = rest.find_first_not_of(" \t", name_end);
    if (value == std::string_view::npos || rest[value] == '\n' || rest[value] == '\r') return at;
    return {at.line, at.column + static_cast<int>(value)};
}

bool RawText::closes_its_quote(Position at) const {
    const auto rest = from(at);
    if (rest.starts_with('"')) {
        for (std::size_t i = 1; i < rest.size(); ++i) {
            if (rest[i] == '"') return true;
            if (rest[i] == '\\') ++i;
        }
        return false;
    }
    // A doubled single quote stands for itself: it closes and opens again.
    bool is_open = rest.starts_with('\'');
    for (std::size_t i = 1; i < rest.size() && is_open; ++i) {
        if (rest[i] != '\'') continue;
        const bool is_doubled = i + 1 < rest.size() && rest[i + 1] == '\'';
        if (is_doubled) ++i;
        is_open = is_doubled;
    }
    return !is_open;
}

Position RawText::first_character(Position at) const {
    const auto rest = from(at);
    if (rest.starts_with('"') || rest.starts_with('\'')) return {at.line, at.column + 1};
    if (!rest.starts_with('|') && !rest.starts_with('>')) return at;
    for (int number = at.line + 1; static_cast<std::size_t>(number) <= line_starts_.size(); ++number) {
        const auto text = line(number).find_first_not_of(" \t\r");
        if (text != std::string_view::npos) return {number, static_cast<int>(text) + 1};
    }
    return at;
}

Position RawText::sign_before(Position at) const {
    const auto end = bytes_.size() - from(at).size();
    const auto found = std::string_view(bytes_).substr(0, end).find_last_not_of(" \t\r\n");
    if (found == std::string_view::npos || std::string_view("-,[{").find(bytes_[found]) == std::string_view::npos)
        return at;
    const auto next_line = std::upper_bound(line_starts_.begin(), line_starts_.end(), found);
    const auto line = static_cast<std::size_t>(next_line - line_starts_.begin());
    return {static_cast<int>(line), static_cast<int>(found - line_starts_[line - 1]) + 1};
}

std::string_view RawText::from(Position at) const {
    if (at.line < 1 || static_cast<std::size_t>(at.line) > line_starts_.size()) return {};
    const auto start = line_starts_[static_cast<std::size_t>(at.line) - 1] + static_cast<std::size_t>(at.column - 1);
    return start < bytes_.size() ? std::string_view(bytes_).substr(start) : std::string_view();
}

}  // namespace segmentd::rules::load
