#include "daemon/settings/time_zones.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "rules/load/load.hpp"

namespace segmentd::daemon {
namespace {

constexpr date::sys_seconds first_instant{};
constexpr date::sys_seconds last_instant = date::sys_days(date::year(2100) / 1 / 1);

Zone table_of(const date::time_zone& zone);
std::string release_of_system();

}  // namespace

Result<void> add_time_zones(std::map<std::string, std::string>& files) {
    const auto needed = rules::zones_needed(files);
    if (needed.workspace == "UTC" && !needed.customers) return {};
    try {
        const auto& known = date::get_tzdb().zones;
        const bool is_known =
            std::ranges::any_of(known, [&](const auto& zone) { return zone.name() == needed.workspace; });
        Zones zones{release_of_system(), {}};
        for (const auto& zone : known) {
            // All of them where the name is wrong, so that the loader can name the nearest.
            const bool is_needed = needed.customers || !is_known || zone.name() == needed.workspace;
            if (is_needed) zones.by_name.emplace(zone.name(), table_of(zone));
        }
        files[rules::zones_file] = to_text(zones);
        return {};
    } catch (const std::exception& error) {
        return fail(ErrorCode::unavailable, fmt::format("the system's time zones cannot be read: {}", error.what()),
                    "install the package tzdata");
    }
}

std::optional<Zone> system_zone(const std::string& name) {
    if (name == "UTC") return Zone::utc();
    try {
        return table_of(*date::locate_zone(name));
    } catch (const std::exception&) {  // no such zone, or no tzdata
        return std::nullopt;
    }
}

namespace {

Zone table_of(const date::time_zone& zone) {
    auto info = zone.get_info(first_instant);
    const auto first_offset_s = info.offset.count();
    std::vector<ZoneChange> changes;
    while (info.end < last_instant) {
        info = zone.get_info(info.end);
        const auto known = changes.empty() ? first_offset_s : changes.back().offset_s;
        if (info.offset.count() == known) continue;
        changes.push_back({info.begin.time_since_epoch().count(), info.offset.count()});
    }
    return {first_offset_s, std::move(changes)};
}

// The library knows no release where it reads the system's files; Debian says it in the first line here.
std::string release_of_system() {
    std::ifstream file("/usr/share/zoneinfo/tzdata.zi");
    std::string mark, word, release;
    file >> mark >> word >> release;
    return word == "version" && !release.empty() ? release : date::get_tzdb().version;
}

}  // namespace
}  // namespace segmentd::daemon
