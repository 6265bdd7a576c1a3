// A text with headings, lists and facts, before it is decided whether a terminal or a browser shows it.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace segmentd::daemon {

struct Block {
    enum class Kind { paragraph, list, facts };

    Kind kind = Kind::paragraph;
    std::string title;  // of a list or of facts; may be empty
    std::string text;   // of a paragraph
    std::vector<std::string> items;
    std::vector<std::pair<std::string, std::string>> facts;  // name and value
};

struct Section {
    std::string title;
    std::vector<Block> blocks;
};

struct Document {
    std::string title;
    std::string subtitle;
    std::vector<Section> sections;
};

// Puts a block at the end of the section; what is empty is left out, and so are facts without a value.
void add_paragraph(Section& section, std::string text);
void add_list(Section& section, std::string title, std::vector<std::string> items);
void add_facts(Section& section, std::string title, std::vector<std::pair<std::string, std::string>> facts);

// Plain text of lines with at most `width` characters where words allow it. Control characters, by which a text could
// command a terminal, count as spaces.
std::string document_text(const Document& document, std::size_t width);

}  // namespace segmentd::daemon
