#include "daemon/commands/output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdio>
#include <map>

#include "base/json_text.hpp"
#include "rules/expression/utf8.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

std::string cell_text(const json::value& value) {
    if (value.is_null()) return "-";
    if (value.is_string()) return visible_text(value.get_string());
    if (value.is_double()) return fmt::format("{:.8g}", value.get_double());
    if (value.is_array() && value.get_array().size() == 2 && value.get_array()[0].is_number()) {
        return fmt::format("[{}, {}]", cell_text(value.get_array()[0]), cell_text(value.get_array()[1]));
    }
    return visible_text(json::serialize(value));
}

bool fits_a_column(const json::value& value) {
    return !value.is_object() &&
           !(value.is_array() && (value.get_array().empty() || !value.get_array()[0].is_number()));
}

void print_table(const json::array& rows) {
    std::vector<std::string> columns;
    std::map<std::string, std::size_t> widths;
    for (const auto& row : rows) {
        for (const auto& [name, value] : row.get_object()) {
            const std::string column(name);
            if (!fits_a_column(value)) continue;
            if (!widths.contains(column)) columns.push_back(column);
            widths[column] = std::max({widths[column], column.size(), cell_text(value).size()});
        }
    }
    for (const auto& column : columns) fmt::print("{:<{}}  ", column, widths[column]);
    fmt::print("\n");
    for (const auto& row : rows) {
        for (const auto& column : columns) {
            const auto* value = row.get_object().if_contains(column);
            const auto text = value == nullptr ? "-" : cell_text(*value);
            if (value != nullptr && value->is_number())
                fmt::print("{:>{}}  ", text, widths[column]);
            else
                fmt::print("{:<{}}  ", text, widths[column]);
        }
        fmt::print("\n");
    }
}

// A table of a table's row, under the name of the row.
void print_inner_table(const json::object& row, const char* name) {
    const auto* inner = row.if_contains(name);
    if (inner == nullptr || inner->get_array().empty()) return;
    fmt::print("\n{}: {}\n", name, cell_text(row.begin()->value()));
    print_table(inner->get_array());
}

void print_outline(const json::object& object, int indent) {
    for (const auto& [name, value] : object) {
        const auto label = visible_text(name);
        if (value.is_object()) {
            fmt::print("{:{}}{}:\n", "", indent, label);
            print_outline(value.get_object(), indent + 2);
        } else if (value.is_array() && !value.get_array().empty() && value.get_array()[0].is_object()) {
            fmt::print("{:{}}{}:\n", "", indent, label);
            for (const auto& entry : value.get_array()) {
                print_outline(entry.get_object(), indent + 2);
                fmt::print("\n");
            }
        } else {
            fmt::print("{:{}}{}: {}\n", "", indent, label, cell_text(value));
        }
    }
}

}  // namespace

std::string visible_text(std::string_view text) {
    const bool is_utf8 = rules::expression::is_utf8(text);
    std::string visible;
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto byte = static_cast<unsigned char>(text[i]);
        const bool begins_c1 = is_utf8 && byte == 0xC2 && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        if (begins_c1) byte = static_cast<unsigned char>(text[++i]);
        if (byte < 0x20 || byte == 0x7F || begins_c1 || (!is_utf8 && byte >= 0x80))
            visible += fmt::format("\\x{:02x}", byte);
        else
            visible += text[i];
    }
    return visible;
}

void print(const json::value& value, bool as_json) {
    if (as_json) {
        fmt::print("{}\n", json_text(value));
    } else if (value.is_array() && value.get_array().empty()) {
        fmt::print("none\n");
    } else if (value.is_array() && value.get_array()[0].is_object()) {
        print_table(value.get_array());
        for (const char* inner : {"findings", "forecasts"}) {
            for (const auto& row : value.get_array()) print_inner_table(row.get_object(), inner);
        }
    } else if (value.is_object()) {
        print_outline(value.get_object(), 0);
    } else {
        fmt::print("{}\n", cell_text(value));
    }
}

int report(const Error& error) {
    fmt::print(stderr, "{}\n", visible_text(to_text(error)));
    if (error.rule == "store_in_use") return exit_store_in_use;
    return error.code == ErrorCode::unavailable ? exit_unreachable : exit_wrong_input;
}

int report(const std::vector<Error>& errors) {
    int code = exit_wrong_input;
    for (const auto& error : errors) code = report(error);
    return code;
}

}  // namespace segmentd::daemon
