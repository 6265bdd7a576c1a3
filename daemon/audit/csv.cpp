#include "daemon/audit/csv.hpp"

#include <boost/json.hpp>
#include <string_view>

#include "base/json_text.hpp"

namespace segmentd::daemon {
namespace {

void add_cell(std::string& text, const std::string& cell);
void add_line(std::string& text, const std::vector<std::string>& cells);

}  // namespace

std::string to_csv(const Table& table) {
    std::string text;
    add_line(text, table.columns);
    for (const auto& row : table.rows) add_line(text, row);
    return text;
}

std::string cell_of(const boost::json::value& value) {
    if (value.is_null()) return {};
    if (value.is_string()) return std::string(value.get_string());
    return json_text(value);
}

Table table_of(const boost::json::array& rows, std::vector<std::string> columns) {
    Table table{std::move(columns), {}};
    for (const auto& row : rows) {
        auto& cells = table.rows.emplace_back();
        for (const auto& column : table.columns) {
            const auto* value = row.get_object().if_contains(column);
            cells.push_back(value == nullptr ? std::string() : cell_of(*value));
        }
    }
    return table;
}

namespace {

void add_line(std::string& text, const std::vector<std::string>& cells) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) text += ',';
        add_cell(text, cells[i]);
    }
    text += "\r\n";
}

void add_cell(std::string& text, const std::string& cell) {
    constexpr std::string_view blank = " \t";
    const bool has_blank_ends =
        !cell.empty() && (blank.find(cell.front()) != blank.npos || blank.find(cell.back()) != blank.npos);
    if (!has_blank_ends && cell.find_first_of(",\"\r\n") == std::string::npos) {
        text += cell;
        return;
    }
    text += '"';
    for (const char character : cell) {
        if (character == '"') text += '"';
        text += character;
    }
    text += '"';
}

}  // namespace
}  // namespace segmentd::daemon
