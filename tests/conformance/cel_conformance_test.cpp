// Runs the published conformance cases of CEL against the expression room.
//
// Cases come from cel/cel_conformance.jsonl below the folder of vectors, one a line, converted from
// the simple tests of google/cel-spec. Every core case must pass, and of each extension file 98 %. Cases
// that need protocol buffers, the network, block and encoder extensions, or only a deduced type are read
// and left out by name.
#include <algorithm>
#include <bit>
#include <boost/json.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <ctime>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>

#include "rules/expression/compile_error.hpp"
#include "rules/expression/program.hpp"
#include "rules/expression/value_text.hpp"
#include "tests/published_vectors.hpp"

namespace segmentd::rules::expression {
namespace {

namespace json = boost::json;

const std::set<std::string> core_files = {"basic",        "comparisons", "conversions", "fields",    "fp_math",
                                          "integer_math", "lists",       "logic",       "macros",    "namespace",
                                          "parse",        "plumbing",    "string",      "timestamps"};

const std::set<std::string> extension_files = {"bindings_ext", "macros2", "math_ext", "optionals", "string_ext"};

std::string text_of(const json::value& value) {
    return std::string(value.as_string());
}

// Numbers stand as {"$num": "1.5"}, or as words such as "Infinity".
std::string number_text(const json::value& value) {
    return value.is_object() ? text_of(value.at("$num")) : text_of(value);
}

std::string bytes_of(const json::value& value) {
    if (value.is_string()) return text_of(value);
    const std::string hex = text_of(value.at("$bytes_hex"));
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    }
    return bytes;
}

Value type_value(const std::string& name) {
    for (int kind = 0; kind <= static_cast<int>(Kind::type); ++kind) {
        if (name == kind_name(static_cast<Kind>(kind))) return Value::type(static_cast<Kind>(kind));
    }
    throw std::runtime_error("unknown type " + name);
}

Value value_of(const json::value& described) {
    const auto& [key, value] = *described.as_object().begin();
    if (key == "null_value") return Value::null();
    if (key == "bool_value") return Value::boolean(value.as_bool());
    if (key == "int64_value") return Value::integer(std::stoll(number_text(value)));
    if (key == "uint64_value") return Value::unsigned_integer(std::stoull(number_text(value)));
    if (key == "double_value") return Value::real(std::strtod(number_text(value).c_str(), nullptr));
    if (key == "string_value") return Value::string(text_of(value));
    if (key == "bytes_value") return Value::bytes(bytes_of(value));
    if (key == "type_value") return type_value(text_of(value));
    if (key == "list_value") {
        std::vector<Value> elements;
        if (const auto* values = value.as_object().if_contains("values")) {
            for (const auto& element : values->as_array()) elements.push_back(value_of(element));
        }
        return Value::list(std::move(elements));
    }
    if (key == "map_value") {
        std::vector<MapEntry> entries;
        if (const auto* listed = value.as_object().if_contains("entries")) {
            for (const auto& entry : listed->as_array()) {
                entries.push_back({value_of(entry.at("key")), value_of(entry.at("value"))});
            }
        }
        return Value::map(std::move(entries)).value();
    }
    throw std::runtime_error("unknown value " + std::string(key));
}

Type type_of(const json::value& described) {
    const auto& [key, value] = *described.as_object().begin();
    if (key == "list_type") return Type::list_of(type_of(value.at("elem_type")));
    if (key == "map_type") return Type::map_of(type_of(value.at("key_type")), type_of(value.at("value_type")));
    if (key == "null") return TypeKind::null;
    const std::string name = value.is_string() ? text_of(value) : "";
    if (name == "BOOL") return TypeKind::boolean;
    if (name == "INT64") return TypeKind::integer;
    if (name == "UINT64") return TypeKind::unsigned_integer;
    if (name == "DOUBLE") return TypeKind::real;
    if (name == "STRING") return TypeKind::string;
    if (name == "BYTES") return TypeKind::bytes;
    if (name == "TIMESTAMP") return TypeKind::timestamp;
    if (name == "DURATION") return TypeKind::duration;
    return {};
}

// Stricter than CEL's equality: kinds agree everywhere, zeros keep their sign, NaN is NaN.
bool is_same(const Value& left, const Value& right) {
    if (left.kind() != right.kind()) return false;
    if (left.kind() == Kind::real) {
        if (std::isnan(left.as_real())) return std::isnan(right.as_real());
        return std::bit_cast<std::int64_t>(left.as_real()) == std::bit_cast<std::int64_t>(right.as_real());
    }
    if (left.kind() == Kind::list) {
        return std::equal(left.as_list().begin(), left.as_list().end(), right.as_list().begin(), right.as_list().end(),
                          is_same);
    }
    if (left.kind() == Kind::map) {
        const auto& entries = left.as_map().entries();
        const auto& others = right.as_map().entries();
        return std::equal(entries.begin(), entries.end(), others.begin(), others.end(),
                          [](const MapEntry& one, const MapEntry& other) {
                              return is_same(one.key, other.key) && is_same(one.value, other.value);
                          });
    }
    return to_json_text(left) == to_json_text(right);
}

// The offset from the system's zone files, by the C library.
std::optional<std::int64_t> zone_offset(std::string_view zone, std::int64_t unix_seconds) {
    const std::filesystem::path file = std::filesystem::path("/usr/share/zoneinfo") / zone;
    if (!std::filesystem::is_regular_file(file)) return std::nullopt;
    setenv("TZ", (":" + std::string(zone)).c_str(), 1);
    tzset();
    const std::time_t time = unix_seconds;
    std::tm local{};
    localtime_r(&time, &local);
    unsetenv("TZ");
    tzset();
    return local.tm_gmtoff;
}

struct Setting {
    Declarations declarations;
    std::vector<Value> row;
};

Setting setting_of(const json::object& test) {
    Setting setting;
    std::map<std::string, Type> types;
    std::map<std::string, Value> values;
    if (const auto* environment = test.if_contains("type_env")) {
        for (const auto& entry : environment->as_array()) {
            if (const auto* variable = entry.as_object().if_contains("ident")) {
                types[text_of(entry.at("name"))] = type_of(variable->at("type"));
            }
        }
    }
    if (const auto* bindings = test.if_contains("bindings")) {
        for (const auto& binding : bindings->as_array()) {
            const std::string name = text_of(binding.at("key"));
            values[name] = value_of(binding.at("value").at("value"));
            types.try_emplace(name);
        }
    }
    for (const auto& [name, type] : types) {
        setting.declarations.add_variable(name, type, static_cast<int>(setting.row.size()));
        setting.row.push_back(values[name]);
    }
    if (const auto* container = test.if_contains("container")) setting.declarations.set_container(text_of(*container));
    setting.declarations.use_time_zones(zone_offset);
    return setting;
}

// Empty where the case passes, else what happened instead.
std::string run(const json::object& test) {
    const Setting setting = setting_of(test);
    const bool is_checked = !test.contains("disable_check");
    const auto compile_case = is_checked ? compile : compile_unchecked;
    const auto program = compile_case(text_of(test.at("expr")), setting.declarations, Limits{});
    const bool expects_error = test.contains("eval_error");
    if (!program) {
        const bool is_refusal = expects_error && program.error().rule != rule_syntax;
        return is_refusal ? "" : "refused: " + to_text(program.error());
    }
    const Outcome outcome = evaluate(*program, setting.row);
    if (!outcome) return expects_error ? "" : "error: " + outcome.error().message;
    if (expects_error) return "no error but " + to_json_text(*outcome);
    const auto* value = test.if_contains("value");
    const Value expected = value == nullptr ? Value::boolean(true) : value_of(*value);
    return is_same(*outcome, expected) ? "" : "got " + to_json_text(*outcome);
}

std::string run_safely(const json::object& test) {
    try {
        return run(test);
    } catch (const std::exception& problem) {
        return std::string("the runner cannot read the case: ") + problem.what();
    }
}

}  // namespace

namespace {

// Why a case is not for us; empty for one that is run.
std::string reason_to_leave_out(const std::string& file, const json::value& line) {
    if (!core_files.contains(file) && !extension_files.contains(file)) return file;
    if (line.at("expects") == "typed_result") return "type deduction";
    return line.at("proto_free").as_bool() ? "" : "protocol buffers";
}

struct Report {
    std::map<std::string, tests::Tally> tallies;  // by file
    std::map<std::string, int> left_out;          // by reason
};

Report run_all(const std::string& text) {
    Report report;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.empty()) continue;
        const json::value parsed = json::parse(line);
        const std::string file = text_of(parsed.at("file"));
        if (const auto reason = reason_to_leave_out(file, parsed); !reason.empty()) {
            ++report.left_out[reason];
            continue;
        }
        const std::string difference = run_safely(parsed.at("test").as_object());
        report.tallies[file].count(difference.empty(), file + '/' + text_of(parsed.at("section")) + '/' +
                                                           text_of(parsed.at("name")) + ": " + difference);
    }
    return report;
}

void print_line(const std::string& name, const tests::Tally& tally) {
    std::cout << name << ": " << tally.read << " read, " << tally.passed << " passed, "
              << 100.0 * tally.passed / std::max(tally.read, 1) << " %\n";
}

}  // namespace

TEST_CASE("every published core case of CEL passes, and at least 98 % of each extension") {
    const auto text = tests::read_vectors("cel/cel_conformance.jsonl");
    if (!text) return;

    const Report report = run_all(*text);

    tests::Tally core;
    for (const auto& [file, tally] : report.tallies) {
        print_line("cel " + file, tally);
        if (core_files.contains(file)) {
            core.read += tally.read;
            core.passed += tally.passed;
        } else {
            CHECK(100 * tally.passed >= 98 * tally.read);
        }
    }
    print_line("cel core", core);
    CHECK(core.read > 0);
    CHECK(core.passed == core.read);
    std::cout << "cel: left out";
    for (const auto& [reason, count] : report.left_out) std::cout << ' ' << reason << ' ' << count << ';';
    std::cout << '\n';
}

TEST_CASE("the runner of CEL cases tells a pass from a miss") {
    const auto difference = [](const char* text) { return run_safely(json::parse(text).as_object()); };

    CHECK(difference(R"({"expr": "40 + x", "type_env": [{"name": "x", "ident": {"type": {"primitive": "INT64"}}}],
        "bindings": [{"key": "x", "value": {"value": {"int64_value": {"$num": "2"}}}}],
        "value": {"int64_value": {"$num": "42"}}})")
              .empty());
    CHECK(difference(R"({"expr": "b'\\xff'", "value": {"bytes_value": {"$bytes_hex": "ff"}}})").empty());
    CHECK(difference(R"({"expr": "1 / 0", "eval_error": {}})").empty());
    CHECK(difference(R"({"expr": "1", "value": {"uint64_value": {"$num": "1"}}})") == "got 1");
    CHECK(difference(R"({"expr": "1", "eval_error": {}})") == "no error but 1");
    CHECK(difference(R"({"expr": "1 +", "eval_error": {}})").starts_with("refused"));
}

}  // namespace segmentd::rules::expression
