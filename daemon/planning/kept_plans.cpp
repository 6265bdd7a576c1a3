#include "daemon/planning/kept_plans.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <vector>

#include "base/json_text.hpp"
#include "daemon/planning/plan.hpp"
#include "daemon/store/files.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

constexpr std::size_t most_kept_plans = 100;

std::filesystem::path plan_file(const std::filesystem::path& data, const std::string& name) {
    return data / "plans" / (name + ".json");
}

bool is_plan_name(std::string_view text) {
    return !text.empty() && text.size() <= 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// The oldest plans go when there are more than people look at.
void forget_old_plans(const std::filesystem::path& folder) {
    std::vector<std::filesystem::directory_entry> kept;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) kept.push_back(entry);
    std::ranges::sort(kept, std::greater(), [](const auto& entry) {
        std::error_code none;
        return std::pair(entry.last_write_time(none), entry.path());
    });
    for (std::size_t i = most_kept_plans; i < kept.size(); ++i) std::filesystem::remove(kept[i], ignored);
}

}  // namespace

Result<void> keep_plan(const std::filesystem::path& data, const json::object& plan) {
    const auto path = plan_file(data, std::string(plan.at("plan").as_string()));
    std::error_code trouble;
    std::filesystem::create_directory(path.parent_path(), trouble);
    std::filesystem::permissions(path.parent_path(), std::filesystem::perms::owner_all, trouble);
    auto kept = write_secret_file(path, json_text(plan));
    if (kept) forget_old_plans(path.parent_path());
    return kept;
}

Result<json::object> kept_plan(const std::filesystem::path& data, const std::string& name) {
    const auto unknown = [&] {
        return fail(ErrorCode::not_found, fmt::format("there is no plan '{}' in this store", name),
                    "segmentctl plan NEW --data DIR makes one and prints its name");
    };
    if (!is_plan_name(name)) return unknown();
    const auto text = read_file(plan_file(data, name));
    if (!text) return unknown();
    const auto head = fmt::format(R"({{"plan":"{}",)", name);
    const bool is_whole = text->starts_with(head) && name_of_plan('{' + text->substr(head.size())) == name;
    if (!is_whole) return fail(ErrorCode::corrupt, "the plan's file is damaged", "make a new plan");
    return json::parse(*text).as_object();
}

}  // namespace segmentd::daemon
