#include "rules/load/key_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include "rules/expression/nearest_name.hpp"
#include "rules/load/suggestion.hpp"
#include "rules/load/yaml_text.hpp"

namespace segmentd::rules::load {
namespace {

std::string json_text(const std::string& text) {
    return boost::json::serialize(boost::json::value(text));
}

std::vector<KeyDoc> below(const std::string& prefix, const std::vector<KeyDoc>& keys) {
    std::vector<KeyDoc> moved = keys;
    for (auto& key : moved) key.path = prefix + (key.path.starts_with('[') ? "" : ".") + key.path;
    return moved;
}

}  // namespace

bool is_mapping(const Node& node, Reading& reading) {
    if (node.form == Node::Form::mapping) return true;
    reading.refuse({node.at, "wrong_type", "keys and values are expected here", "write key: value, one a line"});
    return false;
}

bool is_list(const Node& node, Reading& reading) {
    if (node.form == Node::Form::list) return true;
    reading.refuse({node.at, "wrong_type", "a list is expected here", "write [a, b], or lines that begin with '- '"});
    return false;
}

bool is_name(std::string_view text) {
    constexpr std::size_t longest = 64;
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto fits = [&](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_'; };
    return !text.empty() && text.size() <= longest && is_letter(text.front()) &&
           std::all_of(text.begin(), text.end(), fits);
}

bool refuse_unless_name(const std::string& text, Position at, Reading& reading) {
    if (is_name(text)) return true;
    reading.refuse({at, "bad_name", fmt::format("{} is not a name", shown(text)),
                    "use small letters, digits and _, beginning with a letter, at most 64"});
    return false;
}

std::string refuse_unknown_key(const Entry& entry, const std::vector<KeyRow>& rows, Reading& reading) {
    std::vector<std::string> known;
    for (const auto& row : rows) {
        if (row.built) known.push_back(row.key);
    }
    reading.refuse(
        {entry.at, "unknown_key", fmt::format("unknown key {}", shown(entry.key)), suggestion(entry.key, known)});
    return expression::nearest_name(entry.key, known);
}

void refuse_without_value(const Entry& entry, Reading& reading) {
    reading.refuse({entry.at, "missing_value", fmt::format("key {} has no value", shown(entry.key)),
                    "give it one or leave the key out"});
}

void refuse_missing_key(const KeyRow& row, const Node& node, Reading& reading) {
    reading.refuse({node.at, "missing_key", fmt::format("key '{}' is missing", row.key),
                    fmt::format("add {}: {}", row.key, row.doc)});
}

Shape shape_of_mapping(const std::string& doc, const std::vector<KeyRow>& rows) {
    Shape shape{.form = "mapping", .schema = {}, .keys = {}};
    std::vector<std::string> properties;
    std::vector<std::string> required;
    for (const auto& row : rows) {
        if (!row.built) continue;
        // The schema of a value is never an empty object, so the description can stand in front.
        properties.push_back(fmt::format(R"({}:{{"description":{},{})", json_text(row.key), json_text(row.doc),
                                         row.shape.schema.substr(1)));
        if (row.required) required.push_back(json_text(row.key));
        shape.keys.push_back({row.key, row.shape.form, row.required, row.doc});
        const auto inside = below(row.key, row.shape.keys);
        shape.keys.insert(shape.keys.end(), inside.begin(), inside.end());
    }
    shape.schema =
        fmt::format(R"({{{}"type":"object","additionalProperties":false,"required":[{}],"properties":{{{}}}}})",
                    doc.empty() ? "" : fmt::format(R"("title":{},)", json_text(doc)), fmt::join(required, ","),
                    fmt::join(properties, ","));
    return shape;
}

Shape shape_of_list(const Shape& item) {
    return {.form = fmt::format("list of: {}", item.form),
            .schema = fmt::format(R"({{"type":"array","items":{}}})", item.schema),
            .keys = below("[]", item.keys)};
}

Shape shape_of_named(const Shape& value) {
    return {
        .form = fmt::format("mapping of names to: {}", value.form),
        .schema = fmt::format(
            R"({{"type":"object","propertyNames":{{"pattern":"^[a-z][a-z0-9_]{{0,63}}$"}},"additionalProperties":{}}})",
            value.schema),
        .keys = below("<name>", value.keys)};
}

}  // namespace segmentd::rules::load
