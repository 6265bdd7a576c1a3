#include "base/json_text.hpp"

#include <boost/json.hpp>
#include <cmath>

#include "base/canonical_json.hpp"

namespace segmentd {

namespace json = boost::json;

namespace {

void write(CanonicalJsonWriter& out, const json::value& value);

void write(CanonicalJsonWriter& out, const json::object& object) {
    const char* separator = "{";
    for (const auto& [name, member] : object) {
        out.add_raw(separator);
        out.add_text(name);
        out.add_raw(":");
        write(out, member);
        separator = ",";
    }
    out.add_raw(object.empty() ? "{}" : "}");
}

void write(CanonicalJsonWriter& out, const json::array& array) {
    const char* separator = "[";
    for (const auto& element : array) {
        out.add_raw(separator);
        write(out, element);
        separator = ",";
    }
    out.add_raw(array.empty() ? "[]" : "]");
}

void write(CanonicalJsonWriter& out, const json::value& value) {
    if (value.is_object()) return write(out, value.get_object());
    if (value.is_array()) return write(out, value.get_array());
    if (value.is_string()) return out.add_text(value.get_string());
    if (value.is_double() && std::isfinite(value.get_double())) return out.add_number(value.get_double());
    if (value.is_int64()) return out.add_raw(std::to_string(value.get_int64()));
    if (value.is_uint64()) return out.add_raw(std::to_string(value.get_uint64()));
    if (value.is_bool()) return out.add_raw(value.get_bool() ? "true" : "false");
    out.add_raw("null");
}

}  // namespace

std::string json_text(const json::value& value) {
    CanonicalJsonWriter out;
    write(out, value);
    return out.take();
}

}  // namespace segmentd
