#include "rules/expression/json_value.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace segmentd::rules::expression {
namespace {

namespace json = boost::json;

Value value_of(const json::value& value);

}  // namespace

Result<Value> value_of_json(std::string_view text) {
    json::error_code error;
    const json::value parsed = json::parse(text, error);
    if (error) return fail(ErrorCode::invalid, "this is no JSON: " + error.message());
    return value_of(parsed);
}

namespace {

Value value_of(const json::value& value) {
    switch (value.kind()) {
        case json::kind::null: return Value::null();
        case json::kind::bool_: return Value::boolean(value.get_bool());
        case json::kind::int64: return Value::integer(value.get_int64());
        case json::kind::uint64: return Value::unsigned_integer(value.get_uint64());
        case json::kind::double_: return Value::real(value.get_double());
        case json::kind::string: return Value::string(std::string(value.get_string()));
        case json::kind::array: {
            std::vector<Value> elements;
            for (const auto& element : value.get_array()) elements.push_back(value_of(element));
            return Value::list(std::move(elements));
        }
        case json::kind::object: {
            std::vector<MapEntry> entries;
            for (const auto& [name, member] : value.get_object()) {
                entries.push_back({Value::string(std::string(name)), value_of(member)});
            }
            return Value::map(std::move(entries)).value();  // an object has each name once
        }
    }
    return Value::null();
}

}  // namespace
}  // namespace segmentd::rules::expression
