// The one table of settings: reading, the commented file, the reference and --help come from its rows.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/settings/settings.hpp"

namespace segmentd::daemon {

struct SettingRow {
    std::string key;       // "log.level", or "endpoints.<name>.url" for each name
    std::string form;      // in words: "whole number from 1 to 100"
    std::string standard;  // the default as it is written; empty where there is none
    std::string example;   // where there is no default
    std::string doc;       // one sentence
    std::function<Result<void>(Settings&, const std::string& name, std::string_view value)> set;
};

// In the order of the settings file; keys of one group stand together.
const std::vector<SettingRow>& settings_table();

// A file with every setting at its default and its sentence above; read back, it changes nothing.
std::string settings_yaml();

// A table for the reference: key, form, default, meaning.
std::string settings_markdown();

// For --help: a line a key with its default and its sentence.
std::string settings_help();

}  // namespace segmentd::daemon
