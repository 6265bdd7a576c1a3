#include "daemon/dashboard/document.hpp"

#include <algorithm>
#include <ranges>
#include <string_view>

namespace segmentd::daemon {
namespace {

// How the first line of a paragraph begins, and how the others do.
struct Margins {
    std::string first;
    std::string others;
};

std::string block_text(const Block& block, std::size_t width);
std::string row_text(const std::vector<Column>& columns, const std::vector<std::string>& row);
std::string wrapped(std::string_view text, const Margins& margins, std::size_t width);
std::vector<std::string> words_of(std::string_view text);
std::size_t characters_in(std::string_view text);

std::string heading(const std::string& title, char line) {
    const auto shown = wrapped(title, {}, std::string::npos);
    return shown + std::string(characters_in(shown) - 1, line) + "\n";
}

}  // namespace

void add_paragraph(Section& section, std::string text) {
    if (text.empty()) return;
    section.blocks.push_back({Block::Kind::paragraph, {}, std::move(text), {}, {}});
}

void add_list(Section& section, std::string title, std::vector<std::string> items) {
    if (items.empty()) return;
    section.blocks.push_back({Block::Kind::list, std::move(title), {}, std::move(items), {}});
}

void add_facts(Section& section, std::string title, std::vector<std::pair<std::string, std::string>> facts) {
    std::erase_if(facts, [](const auto& fact) { return fact.second.empty(); });
    if (facts.empty()) return;
    section.blocks.push_back({Block::Kind::facts, std::move(title), {}, {}, std::move(facts)});
}

void add_table(Section& section, std::string caption, std::vector<Column> columns,
               std::vector<std::vector<std::string>> rows) {
    if (rows.empty()) return;
    section.blocks.push_back({Block::Kind::table, std::move(caption), {}, {}, {}, std::move(columns), std::move(rows)});
}

void add_preformatted(Section& section, std::string caption, std::string text) {
    if (text.empty()) return;
    section.blocks.push_back({Block::Kind::preformatted, std::move(caption), std::move(text), {}, {}});
}

std::string document_text(const Document& document, std::size_t width) {
    std::string text = heading(document.title, '=');
    if (!document.subtitle.empty()) text += wrapped(document.subtitle, {}, width);
    for (const auto& section : document.sections) {
        text += "\n" + heading(section.title, '-');
        for (const auto& block : section.blocks) text += block_text(block, width);
    }
    return text;
}

namespace {

std::string block_text(const Block& block, std::size_t width) {
    if (block.kind == Block::Kind::paragraph) return wrapped(block.text, {}, width);
    std::string text;
    if (!block.title.empty()) text += wrapped(block.title + ":", {}, width);
    for (const auto& item : block.items) text += wrapped(item, {"  - ", "    "}, width);
    for (const auto& [name, value] : block.facts) text += wrapped(name + ": " + value, {"  ", "    "}, width);
    for (const auto& row : block.rows) text += wrapped(row_text(block.columns, row), {"  - ", "    "}, width);
    for (const auto line : std::views::split(block.text, '\n')) {
        text += wrapped(std::string_view(line.begin(), line.end()), {"  ", {}}, std::string::npos);
    }
    return text;
}

std::string row_text(const std::vector<Column>& columns, const std::vector<std::string>& row) {
    std::string text;
    for (std::size_t i = 0; i < row.size(); ++i) text += (i == 0 ? "" : ", ") + columns[i].title + ": " + row[i];
    return text;
}

std::string wrapped(std::string_view text, const Margins& margins, std::size_t width) {
    std::string lines = margins.first;
    std::size_t filled = lines.size();
    bool is_line_empty = true;
    for (const auto& word : words_of(text)) {
        const auto size = characters_in(word);
        if (!is_line_empty && filled + 1 + size > width) {
            lines += "\n" + margins.others;
            filled = margins.others.size();
            is_line_empty = true;
        }
        if (!is_line_empty) lines += ' ';
        lines += word;
        filled += size + (is_line_empty ? 0 : 1);
        is_line_empty = false;
    }
    return lines + "\n";
}

// U+0080 to U+009F are control characters too: the bytes C2 80 to C2 9F.
std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words(1);
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
        const bool is_wide_control = byte == 0xC2 && next >= 0x80 && next < 0xA0;
        if (byte > 0x20 && byte != 0x7F && !is_wide_control) {
            words.back() += text[i];
            continue;
        }
        if (is_wide_control) ++i;
        if (!words.back().empty()) words.emplace_back();
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

// Of UTF-8: every byte that does not continue a character.
std::size_t characters_in(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }));
}

}  // namespace
}  // namespace segmentd::daemon
