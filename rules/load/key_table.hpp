// One table of keys for each kind of mapping. From its rows come: reading the mapping, the nearest
// known key for a mistyped one, the keys that are missing, the JSON Schema and the reference of keys.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/load/reading.hpp"

namespace segmentd::rules::load {

// A key as the reference lists it; keys below another are written "arms.<name>.weight".
struct KeyDoc {
    std::string path;
    std::string form;
    bool required = false;
    std::string doc;
};

// What a value looks like.
struct Shape {
    std::string form;            // in words: "share, such as 25%"
    std::string schema;          // JSON Schema
    std::vector<KeyDoc> keys{};  // of mappings inside
};

// Reads one value. Where it cannot, it refuses with a place and gives nothing.
template <typename T>
struct Reader {
    Shape shape;
    std::function<std::optional<T>(const Node&, Reading&)> read;
};

struct KeyRow {
    std::string key;
    Shape shape;
    bool required = false;
    bool built = true;  // false: the product knows the key by name and refuses it
    std::string doc;
};

template <typename Record>
struct Field {
    KeyRow row;
    std::function<void(const Node&, Reading&, Record&)> read;
};

template <typename Record>
struct Table {
    std::string doc;
    std::vector<Field<Record>> fields;
    // Called with a record whose keys were all read without a refusal: judges what several keys
    // say together and fills in defaults that follow from others.
    void (*finish)(Record&, const Node&, Reading&) = nullptr;
};

// Parts of the templates below that know no type.
bool is_mapping(const Node& node, Reading& reading);
bool is_list(const Node& node, Reading& reading);
bool is_name(std::string_view text);  // [a-z][a-z0-9_]*, at most 64 letters
bool refuse_unless_name(const std::string& text, Position at, Reading& reading);
// Gives the known key that was most likely meant, or nothing.
std::string refuse_unknown_key(const Entry& entry, const std::vector<KeyRow>& rows, Reading& reading);
void refuse_without_value(const Entry& entry, Reading& reading);
void refuse_missing_key(const KeyRow& row, const Node& node, Reading& reading);
Shape shape_of_mapping(const std::string& doc, const std::vector<KeyRow>& rows);
Shape shape_of_list(const Shape& item);
Shape shape_of_named(const Shape& value);

template <typename Record>
std::vector<KeyRow> rows_of(const Table<Record>& table) {
    std::vector<KeyRow> rows;
    for (const auto& field : table.fields) rows.push_back(field.row);
    return rows;
}

template <typename Record>
Shape shape_of(const Table<Record>& table) {
    return shape_of_mapping(table.doc, rows_of(table));
}

// Reads what the mapping says into the record; keys that are absent leave it as it is.
template <typename Record>
void read_fields(const Table<Record>& table, const Node& node, Reading& reading, Record& record) {
    if (!is_mapping(node, reading)) return;
    const auto refusals_before = reading.refusals();
    std::vector<std::string> mistyped;
    for (const Entry& entry : node.entries) {
        if (reading.is_full()) return;
        const auto named_so = [&](const Field<Record>& field) { return field.row.key == entry.key; };
        const auto field = std::find_if(table.fields.begin(), table.fields.end(), named_so);
        if (field == table.fields.end()) {
            mistyped.push_back(refuse_unknown_key(entry, rows_of(table), reading));
        } else if (entry.value.form == Node::Form::empty) {
            refuse_without_value(entry, reading);
        } else {
            reading.enter(entry.key);
            field->read(entry.value, reading, record);
            reading.leave();
        }
    }
    for (const auto& field : table.fields) {
        const bool is_mistyped = std::find(mistyped.begin(), mistyped.end(), field.row.key) != mistyped.end();
        if (!field.row.required || is_mistyped || node.find(field.row.key) != nullptr) continue;
        refuse_missing_key(field.row, node, reading);
    }
    if (table.finish != nullptr && reading.refusals() == refusals_before) table.finish(record, node, reading);
}

// A key whose value goes into a member.
template <typename Record, typename Member, typename Value>
Field<Record> field(KeyRow row, Member Record::* member, Reader<Value> reader) {
    row.shape = std::move(reader.shape);
    return {std::move(row),
            [member, read = std::move(reader.read)](const Node& node, Reading& reading, Record& record) {
                if (auto value = read(node, reading)) record.*member = std::move(*value);
            }};
}

template <typename Record, typename Member, typename Value>
Field<Record> required(const char* key, Member Record::* member, Reader<Value> reader, const char* doc) {
    return field(KeyRow{.key = key, .shape = {}, .required = true, .built = true, .doc = doc}, member,
                 std::move(reader));
}

template <typename Record, typename Member, typename Value>
Field<Record> optional(const char* key, Member Record::* member, Reader<Value> reader, const char* doc) {
    return field(KeyRow{.key = key, .shape = {}, .required = false, .built = true, .doc = doc}, member,
                 std::move(reader));
}

// A key whose mapping holds further members of the same record, such as `enrol: {from, until}`.
template <typename Record>
Field<Record> group(KeyRow row, const Table<Record>& table) {
    row.shape = shape_of(table);
    return {std::move(row), [&table](const Node& node, Reading& reading, Record& record) {
                read_fields(table, node, reading, record);
            }};
}

// A key that the product knows and does not act on yet: refused by name, never ignored.
template <typename Record>
Field<Record> not_built(const char* key, const char* doc) {
    return {KeyRow{.key = key, .shape = {}, .required = false, .built = false, .doc = doc},
            [](const Node& node, Reading& reading, Record&) {
                reading.refuse({node.at, "not_built", "this key is not built yet", "leave it out for now"});
            }};
}

template <typename Record>
Reader<Record> record(const Table<Record>& table) {
    return {shape_of(table), [&table](const Node& node, Reading& reading) -> std::optional<Record> {
                const auto refusals_before = reading.refusals();
                Record value;
                if constexpr (requires { value.place; }) value.place = reading.place(node.at);
                read_fields(table, node, reading, value);
                if (reading.refusals() != refusals_before) return std::nullopt;
                return value;
            }};
}

template <typename T>
Reader<std::vector<T>> list_of(Reader<T> item) {
    auto shape = shape_of_list(item.shape);
    return {std::move(shape),
            [read = std::move(item.read)](const Node& node, Reading& reading) -> std::optional<std::vector<T>> {
                if (!is_list(node, reading)) return std::nullopt;
                std::vector<T> values;
                for (const Node& child : node.items) {
                    if (auto value = read(child, reading)) values.push_back(std::move(*value));
                }
                return values;
            }};
}

// A mapping from names to values of one kind.
template <typename T>
Reader<std::map<std::string, T>> map_of(NameRole role, Reader<T> value) {
    auto shape = shape_of_named(value.shape);
    return {std::move(shape),
            [role, read = std::move(value.read)](const Node& node,
                                                 Reading& reading) -> std::optional<std::map<std::string, T>> {
                if (!is_mapping(node, reading)) return std::nullopt;
                std::map<std::string, T> values;
                for (const Entry& entry : node.entries) {
                    reading.enter(entry.key);
                    if (refuse_unless_name(entry.key, entry.at, reading)) {
                        reading.meet_name(role, entry.key, entry.at);
                        if (auto one = read(entry.value, reading)) values.emplace(entry.key, std::move(*one));
                    }
                    reading.leave();
                }
                return values;
            }};
}

// A mapping from names to records, kept in the order of the file.
template <typename Record>
Reader<std::vector<Record>> named(const Table<Record>& table, std::string Record::* name, NameRole role) {
    auto one = record(table);
    auto shape = shape_of_named(one.shape);
    return {std::move(shape),
            [name, role, read = std::move(one.read)](const Node& node,
                                                     Reading& reading) -> std::optional<std::vector<Record>> {
                if (!is_mapping(node, reading)) return std::nullopt;
                std::vector<Record> values;
                for (const Entry& entry : node.entries) {
                    reading.enter(entry.key);
                    if (refuse_unless_name(entry.key, entry.at, reading)) {
                        reading.meet_name(role, entry.key, entry.at);
                        if (auto value = read(entry.value, reading)) {
                            (*value).*name = entry.key;
                            if constexpr (requires { value->place; }) value->place = reading.place(entry.at);
                            values.push_back(std::move(*value));
                        }
                    }
                    reading.leave();
                }
                return values;
            }};
}

}  // namespace segmentd::rules::load
