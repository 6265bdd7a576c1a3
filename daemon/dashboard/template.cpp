#include "daemon/dashboard/template.hpp"

#include <boost/json.hpp>
#include <cassert>
#include <kainjow/mustache.hpp>

#include "base/json_text.hpp"

namespace segmentd::daemon {
namespace {

using Mustache = kainjow::mustache::mustache;
using MustacheData = kainjow::mustache::data;

MustacheData to_data(const boost::json::value& value);

}  // namespace

std::string fill_template(std::string_view text, const boost::json::object& values) {
    Mustache mustache{std::string(text)};
    assert(mustache.is_valid() && "every template parses");
    return mustache.render(to_data(values));
}

namespace {

MustacheData to_data(const boost::json::value& value) {
    if (value.is_object()) {
        MustacheData object(MustacheData::type::object);
        for (const auto& [name, member] : value.get_object()) object.set(std::string(name), to_data(member));
        return object;
    }
    if (value.is_array()) {
        MustacheData list(MustacheData::type::list);
        for (const auto& member : value.get_array()) list.push_back(to_data(member));
        return list;
    }
    if (value.is_string()) {
        if (value.get_string().empty()) return false;
        return std::string(value.get_string());
    }
    if (value.is_number()) return json_text(value);
    return value.is_bool() && value.get_bool();
}

}  // namespace
}  // namespace segmentd::daemon
