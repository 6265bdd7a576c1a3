// What differs between two versions of a workspace: definition by definition, field by field, and as text.
#pragma once

#include <string>
#include <vector>

#include "rules/load/load.hpp"

namespace segmentd::rules {

// A key of a definition with its value in one line of YAML; empty where the version does not have the key.
struct FieldChange {
    std::string field;
    std::string from;
    std::string to;
};

struct DefinitionChange {
    std::string kind;  // "segment"
    std::string name;
    std::string change;               // "added", "removed" or "changed"
    std::string file;                 // where it stands, or stood before it was removed
    std::vector<FieldChange> fields;  // of a changed one, in the order of its keys
};

// By kind and name. A definition that moved to another file, was reordered or commented otherwise did not change.
// Both versions are workspaces that load.
std::vector<DefinitionChange> changes_between(const WorkspaceFiles& from, const WorkspaceFiles& to);

// The difference of all files in the unified format of diff(1), with three lines around each change; empty where
// nothing differs.
std::string text_difference(const WorkspaceFiles& from, const WorkspaceFiles& to);

}  // namespace segmentd::rules
