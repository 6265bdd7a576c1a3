#include "daemon/audit/manifest.hpp"

#include <boost/json.hpp>

#include "base/json_text.hpp"
#include "daemon/settings/time_zones.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

constexpr Duration largest_offset = std::chrono::hours(14);
constexpr Duration offset_step = std::chrono::minutes(15);

Result<Manifest> manifest_of(const json::object& object);
std::string text_in(const json::object& object, const char* name);
std::uint64_t count_in(const json::object& object, const char* name);
bool may_be_midnight(Timestamp said, Timestamp utc);

}  // namespace

std::string manifest_text(const Manifest& manifest) {
    json::array files;
    for (const auto& file : manifest.files) {
        files.push_back({{"name", file.name}, {"sha256", file.sha256}, {"bytes", file.bytes}, {"rows", file.rows}});
    }
    return json_text(json::object{{"format", packet_format},
                                  {"segmentd", manifest.program},
                                  {"workspace", manifest.workspace},
                                  {"definitions", manifest.definitions},
                                  {"store", manifest.store},
                                  {"public_key", manifest.public_key},
                                  {"quarter", manifest.quarter.name},
                                  {"zone", manifest.zone},
                                  {"from", to_text(manifest.quarter.from)},
                                  {"until", to_text(manifest.quarter.until)},
                                  {"state_at", to_text(manifest.state_at)},
                                  {"is_over", manifest.is_over},
                                  {"records", manifest.records},
                                  {"records_in_quarter", manifest.records_in_quarter},
                                  {"tree_size", manifest.tree_size},
                                  {"tree_root", manifest.tree_root},
                                  {"files", std::move(files)}}) +
           '\n';
}

Result<Manifest> parse_manifest(const std::string& text) {
    try {
        const auto parsed = json::parse(text);
        const auto& object = parsed.as_object();
        if (count_in(object, "format") != packet_format) {
            return fail(ErrorCode::unsupported, "has a format that this program does not know");
        }
        TRY(manifest, manifest_of(object));
        if (manifest_text(manifest) == text) return manifest;
    } catch (const std::exception&) {  // said below, for every way in which it can be wrong
    }
    return fail(ErrorCode::invalid, "is not written as manifests are");
}

bool has_bounds_of(const Manifest& manifest) {
    const auto utc = parse_quarter(manifest.quarter.name);
    if (!utc) return false;
    if (const auto zone = system_zone(manifest.zone)) {
        const auto local = local_quarter(*utc, *zone);
        return manifest.quarter.from == local.from && manifest.quarter.until == local.until;
    }
    return may_be_midnight(manifest.quarter.from, utc->from) && may_be_midnight(manifest.quarter.until, utc->until);
}

namespace {

// Throws where a member is missing or of another type.
Result<Manifest> manifest_of(const json::object& object) {
    TRY(from, parse_timestamp(text_in(object, "from")));
    TRY(until, parse_timestamp(text_in(object, "until")));
    TRY(state_at, parse_timestamp(text_in(object, "state_at")));
    Manifest manifest{.program = text_in(object, "segmentd"),
                      .workspace = text_in(object, "workspace"),
                      .definitions = text_in(object, "definitions"),
                      .store = text_in(object, "store"),
                      .public_key = text_in(object, "public_key"),
                      .quarter = {text_in(object, "quarter"), from, until},
                      .zone = text_in(object, "zone"),
                      .state_at = state_at,
                      .is_over = object.at("is_over").as_bool(),
                      .records = count_in(object, "records"),
                      .records_in_quarter = count_in(object, "records_in_quarter"),
                      .tree_size = count_in(object, "tree_size"),
                      .tree_root = text_in(object, "tree_root"),
                      .files = {}};
    for (const auto& entry : object.at("files").as_array()) {
        const auto& file = entry.as_object();
        manifest.files.push_back(
            {text_in(file, "name"), text_in(file, "sha256"), count_in(file, "bytes"), count_in(file, "rows")});
    }
    return manifest;
}

std::string text_in(const json::object& object, const char* name) {
    return std::string(object.at(name).as_string());
}

std::uint64_t count_in(const json::object& object, const char* name) {
    return object.at(name).to_number<std::uint64_t>();
}

bool may_be_midnight(Timestamp said, Timestamp utc) {
    const auto offset = said - utc;
    return std::chrono::abs(offset) <= largest_offset && offset % offset_step == Duration(0);
}

}  // namespace
}  // namespace segmentd::daemon
