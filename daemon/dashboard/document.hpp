// A text with headings, lists, facts and tables, before it is decided whether a terminal or a browser shows it.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace segmentd::daemon {

struct Column {
    std::string title;
    bool is_number = false;
};

struct Block {
    enum class Kind { paragraph, list, facts, table, preformatted };

    Kind kind = Kind::paragraph;
    std::string title;  // of a list or of facts, where it may be empty; the caption of a table or preformatted text
    std::string text;   // of a paragraph; preformatted
    std::vector<std::string> items;
    std::vector<std::pair<std::string, std::string>> facts;  // name and value
    std::vector<Column> columns{};
    std::vector<std::vector<std::string>> rows{};  // by column; the first cell says what the row is about
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
void add_table(Section& section, std::string caption, std::vector<Column> columns,
               std::vector<std::vector<std::string>> rows);

// A text whose lines and spaces stay as they are in a browser; a terminal shows its lines with single spaces.
void add_preformatted(Section& section, std::string caption, std::string text);

// Plain text of lines with at most `width` characters where words allow it. Control characters, by which a text could
// command a terminal, count as spaces.
std::string document_text(const Document& document, std::size_t width);

}  // namespace segmentd::daemon
