#include "rules/load/change_set.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "rules/load/line_difference.hpp"
#include "rules/load/yaml_parse.hpp"

namespace segmentd::rules {
namespace {

using load::Node;

struct Written {
    std::string file;
    std::vector<load::Entry> entries;
};

using DefinitionName = std::pair<std::string, std::string>;  // kind, name
using AllWritten = std::map<DefinitionName, Written>;

bool is_yaml(const std::string& path) {
    return path.ends_with(".yaml") || path.ends_with(".yml");
}

// The first key of a document says its kind, and its value the name.
AllWritten all_written(const WorkspaceFiles& files) {
    AllWritten all;
    for (const auto& [path, bytes] : files) {
        if (!is_yaml(path)) continue;
        for (auto& node : load::parse_documents(bytes).nodes) {
            if (node.entries.empty()) continue;
            const auto& first = node.entries.front();
            all[{first.key, first.value.text}] = {path, std::move(node.entries)};
        }
    }
    return all;
}

std::string scalar_text(const Node& node) {
    if (!node.quoted) return node.text;
    std::string text = "\"";
    for (const char letter : node.text) {
        if (letter == '"' || letter == '\\') text += '\\';
        if (letter == '\n') {
            text += "\\n";
        } else {
            text += letter;
        }
    }
    return text + '"';
}

std::string to_line(const Node& node) {
    std::string text;
    switch (node.form) {
        case Node::Form::empty: return "";
        case Node::Form::scalar: return scalar_text(node);
        case Node::Form::list:
            for (const auto& item : node.items) text += (text.empty() ? "" : ", ") + to_line(item);
            return "[" + text + "]";
        case Node::Form::mapping:
            for (const auto& entry : node.entries) {
                text += (text.empty() ? "" : ", ") + entry.key + ": " + to_line(entry.value);
            }
            return "{" + text + "}";
    }
    return text;
}

std::string line_of(const Written& written, const std::string& field) {
    const auto entry = std::ranges::find(written.entries, field, &load::Entry::key);
    return entry == written.entries.end() ? "" : to_line(entry->value);
}

std::vector<FieldChange> field_changes(const Written& from, const Written& to) {
    std::vector<FieldChange> changes;
    std::set<std::string> seen;
    for (const auto* version : {&to, &from}) {
        for (const auto& entry : version->entries) {
            if (!seen.insert(entry.key).second) continue;
            FieldChange change{entry.key, line_of(from, entry.key), line_of(to, entry.key)};
            if (change.from != change.to) changes.push_back(std::move(change));
        }
    }
    return changes;
}

std::vector<std::string> lines_of(const WorkspaceFiles& files, const std::string& path) {
    const auto file = files.find(path);
    std::vector<std::string> lines;
    if (file == files.end()) return lines;
    std::istringstream text(file->second);
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
}

}  // namespace

std::vector<DefinitionChange> changes_between(const WorkspaceFiles& from, const WorkspaceFiles& to) {
    const auto before = all_written(from);
    const auto after = all_written(to);
    std::map<DefinitionName, DefinitionChange> changes;
    for (const auto& [name, written] : after) {
        const auto old = before.find(name);
        DefinitionChange change{name.first, name.second, "added", written.file, {}};
        if (old != before.end()) {
            change.change = "changed";
            change.fields = field_changes(old->second, written);
            if (change.fields.empty()) continue;
        }
        changes.emplace(name, std::move(change));
    }
    for (const auto& [name, written] : before) {
        if (!after.contains(name))
            changes.emplace(name, DefinitionChange{name.first, name.second, "removed", written.file, {}});
    }
    std::vector<DefinitionChange> list;
    for (auto& [name, change] : changes) list.push_back(std::move(change));
    return list;
}

std::string text_difference(const WorkspaceFiles& from, const WorkspaceFiles& to) {
    std::set<std::string> paths;
    for (const auto* files : {&from, &to}) {
        for (const auto& [path, bytes] : *files) paths.insert(path);
    }
    std::string text;
    for (const auto& path : paths) {
        const auto difference = load::line_difference(lines_of(from, path), lines_of(to, path));
        if (difference.empty()) continue;
        text += "--- " + (from.contains(path) ? "a/" + path : "/dev/null") + '\n';
        text += "+++ " + (to.contains(path) ? "b/" + path : "/dev/null") + '\n' + difference;
    }
    return text;
}

}  // namespace segmentd::rules
