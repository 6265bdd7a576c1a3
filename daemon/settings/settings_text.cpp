#include <fmt/format.h>

#include <algorithm>

#include "daemon/settings/settings_table.hpp"

namespace segmentd::daemon {
namespace {

constexpr std::string_view any_name = "<name>";
constexpr std::string_view example_name = "crm";

std::vector<std::string> words_of_key(const std::string& key);

}  // namespace

std::string settings_yaml() {
    std::string yaml =
        "# Settings of segmentd, each with its default. What stands behind a # has no default.\n"
        "# On the command line: --set log.level=debug\n";
    std::vector<std::string> open;  // groups on the way to the last key
    for (const SettingRow& row : settings_table()) {
        auto words = words_of_key(row.key);
        const bool is_example = row.standard.empty() || row.key.find(any_name) != std::string::npos;
        const std::string last = words.back();
        words.pop_back();
        const auto differs = std::ranges::mismatch(words, open).in1 - words.begin();
        for (auto depth = static_cast<std::size_t>(differs); depth < words.size(); ++depth) {
            if (depth == 0) yaml += '\n';
            yaml += fmt::format("{}{:{}}{}:\n", words[depth] == example_name ? "#" : "", "", 2 * depth, words[depth]);
        }
        open = words;
        if (words.empty()) yaml += '\n';
        const std::size_t indent = 2 * words.size();
        yaml += fmt::format("{:{}}# {}\n", "", indent, row.doc);
        yaml += fmt::format("{}{:{}}{}: {}\n", is_example ? "#" : "", "", indent, last,
                            row.standard.empty() ? row.example : row.standard);
    }
    return yaml;
}

std::string settings_markdown() {
    std::string table = "| key | value | default | meaning |\n|---|---|---|---|\n";
    for (const SettingRow& row : settings_table()) {
        const std::string standard = row.standard.empty() ? "" : fmt::format("`{}`", row.standard);
        table += fmt::format("| `{}` | {} | {} | {} |\n", row.key, row.form, standard, row.doc);
    }
    return table;
}

std::string settings_help() {
    std::size_t width = 0;
    for (const SettingRow& row : settings_table()) width = std::max(width, row.key.size());
    std::string help;
    for (const SettingRow& row : settings_table()) {
        const std::string standard = row.standard.empty() ? "" : fmt::format(" [{}]", row.standard);
        help += fmt::format("  {:<{}}  {}{}\n", row.key, width, row.doc, standard);
    }
    return help;
}

namespace {

std::vector<std::string> words_of_key(const std::string& key) {
    std::vector<std::string> words;
    for (std::size_t start = 0; start <= key.size();) {
        const std::size_t end = std::min(key.find('.', start), key.size());
        const std::string word = key.substr(start, end - start);
        words.push_back(word == any_name ? std::string(example_name) : word);
        start = end + 1;
    }
    return words;
}

}  // namespace
}  // namespace segmentd::daemon
