#include "daemon/settings/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "daemon/settings/secrets.hpp"
#include "daemon/settings/settings_table.hpp"
#include "rules/load/suggestion.hpp"
#include "rules/load/yaml_limits.hpp"
#include "rules/load/yaml_parse.hpp"

namespace segmentd::daemon {
namespace {

namespace yaml = rules::load;

constexpr std::string_view any_name = "<name>";

// A value with its whole key and its place.
struct Leaf {
    std::string key;
    std::string value;
    yaml::Position at;
};

class Reader {
  public:
    Reader(Settings& settings, const std::string& file) : settings_(settings), file_(file) {}

    void read(const yaml::Node& node, const std::string& prefix);
    void refuse(const yaml::Refusal& refusal);
    std::vector<Error> take_errors() { return std::move(errors_); }

  private:
    void read_value(const Leaf& leaf);

    Settings& settings_;
    const std::string& file_;
    std::set<std::string> seen_;
    std::vector<Error> errors_;
};

const SettingRow* find_row(std::string_view key);
bool takes_list(std::string_view key);
bool is_plain_list(const yaml::Node& node);
std::string joined(const yaml::Node& node);
std::string name_in(std::string_view key);
bool is_name(std::string_view text);
bool is_group(std::string_view key);
std::string generic_key(std::string_view key);
std::string hint_for(std::string_view key);
std::vector<std::string> warn_of_open_secrets(const Settings& settings, const std::string& file);

}  // namespace

Result<ListenAddress> parse_listen(std::string_view text) {
    constexpr const char* hint = "write 127.0.0.1:8686, or 127.0.0.1:0 for a free port";
    const std::size_t colon = text.rfind(':');
    std::string_view address = text.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']')) {
        address = address.substr(1, address.size() - 2);
    } else if (address.find(':') != std::string_view::npos) {
        return fail(ErrorCode::invalid, fmt::format("'{}' is no address:port", text), "put an IPv6 address in [ ]");
    }
    const std::string_view digits = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (address.empty() || digits.empty() || error != std::errc() || end != digits.data() + digits.size()) {
        return fail(ErrorCode::invalid, fmt::format("'{}' is no address:port", text), hint);
    }
    return ListenAddress{address == "localhost" ? "127.0.0.1" : std::string(address), port};
}

Result<void> set_setting(Settings& settings, std::string_view key, std::string_view value) {
    const SettingRow* row = find_row(key);
    if (row == nullptr) {
        return fail({.code = ErrorCode::invalid,
                     .message = fmt::format("there is no setting '{}'", key),
                     .where = {},
                     .rule = "unknown_key",
                     .hint = hint_for(key)});
    }
    auto set = row->set(settings, name_in(key), value);
    if (set) return {};
    Error error = std::move(set).error();
    error.message = fmt::format("{}: {}", key, error.message);
    error.rule = "wrong_value";
    return fail(std::move(error));
}

std::vector<Error> apply_settings(Settings& settings, const std::string& file, std::string_view bytes) {
    Reader reader(settings, file);
    if (const auto refusal = yaml::refuse_raw_text(bytes)) {
        reader.refuse(*refusal);
        return reader.take_errors();
    }
    const auto documents = yaml::parse_documents(bytes);
    for (const auto& refusal : documents.refusals) reader.refuse(refusal);
    if (documents.nodes.size() > 1) {
        reader.refuse({documents.nodes[1].at, "yaml_syntax", "a settings file is one document", "take the --- out"});
    }
    if (documents.refusals.empty() && documents.nodes.size() == 1) reader.read(documents.nodes[0], "");
    return reader.take_errors();
}

tl::expected<LoadedSettings, std::vector<Error>> load_settings(const SettingsSources& sources) {
    LoadedSettings loaded;
    std::vector<Error> errors;
    if (!sources.file.empty()) {
        const auto bytes = read_small_file(sources.file, yaml::max_file_bytes);
        if (!bytes) return tl::unexpected(std::vector{bytes.error()});
        errors = apply_settings(loaded.settings, sources.file, *bytes);
        loaded.warnings = warn_of_open_secrets(loaded.settings, sources.file);
    }
    for (const std::string& text : sources.overrides) {
        const std::size_t equals = text.find('=');
        const std::string key = text.substr(0, equals);
        auto set = equals == std::string::npos
                       ? Result<void>(fail(ErrorCode::invalid, fmt::format("'{}' is no key=value", text)))
                       : set_setting(loaded.settings, key, std::string_view(text).substr(equals + 1));
        if (!set) errors.push_back(std::move(set).error());
    }
    if (!errors.empty()) return tl::unexpected(std::move(errors));
    return loaded;
}

namespace {

void Reader::read(const yaml::Node& node, const std::string& prefix) {
    using Form = yaml::Node::Form;
    if (node.form == Form::mapping && (prefix.empty() || is_group(prefix))) {
        for (const auto& entry : node.entries) {
            read(entry.value, prefix.empty() ? entry.key : fmt::format("{}.{}", prefix, entry.key));
        }
    } else if (node.form == Form::scalar && !prefix.empty()) {
        read_value({prefix, node.text, node.at});
    } else if (takes_list(prefix) && is_plain_list(node)) {
        read_value({prefix, joined(node), node.at});
    } else if (prefix.empty()) {
        refuse({node.at, "wrong_type", "a settings file holds keys with values", "write key: value"});
    } else if (find_row(prefix) == nullptr && !is_group(prefix)) {
        refuse({node.at, "unknown_key", fmt::format("there is no setting '{}'", prefix), hint_for(prefix)});
    } else if (node.form != Form::empty || !is_group(prefix)) {
        const bool is_empty = node.form == Form::empty;
        refuse({node.at, "wrong_type", fmt::format("{}: {}", prefix, is_empty ? "has no value" : "must be one value"),
                is_empty ? "leave the key out to keep the default" : "write key: value"});
    }
}

void Reader::read_value(const Leaf& leaf) {
    if (!seen_.insert(leaf.key).second) {
        return refuse({leaf.at, "duplicate_key", fmt::format("{} stands twice", leaf.key), "keep one of the two"});
    }
    auto set = set_setting(settings_, leaf.key, leaf.value);
    if (set) return;
    refuse({leaf.at, set.error().rule, set.error().message, set.error().hint});
}

void Reader::refuse(const yaml::Refusal& refusal) {
    constexpr std::size_t most = 100;
    if (errors_.size() == most) return;
    errors_.push_back({.code = ErrorCode::invalid,
                       .message = refusal.message,
                       .where = {file_, refusal.at.line, refusal.at.column},
                       .rule = refusal.rule,
                       .hint = refusal.hint});
}

const SettingRow* find_row(std::string_view key) {
    if (key.find(any_name) != std::string_view::npos) return nullptr;
    const std::string generic = generic_key(key);
    const auto found = std::ranges::find(settings_table(), generic, &SettingRow::key);
    return found == settings_table().end() ? nullptr : &*found;
}

bool takes_list(std::string_view key) {
    const SettingRow* row = find_row(key);
    return row != nullptr && row->form.starts_with("list of ");
}

bool is_plain_list(const yaml::Node& node) {
    return !node.items.empty() &&
           std::ranges::all_of(node.items, [](const auto& item) { return item.form == yaml::Node::Form::scalar; });
}

// "[a, b]" and "a, b" are the same.
std::string joined(const yaml::Node& node) {
    std::string text;
    for (const auto& item : node.items) text += (text.empty() ? "" : ", ") + item.text;
    return text;
}

// "crm" in "endpoints.crm.url" and "secrets.crm"; empty where the key has no name in it.
std::string name_in(std::string_view key) {
    const std::size_t first = key.find('.');
    const std::string_view group = key.substr(0, first);
    if (first == std::string_view::npos || (group != "endpoints" && group != "secrets")) return {};
    return std::string(key.substr(first + 1, key.find('.', first + 1) - first - 1));
}

bool is_name(std::string_view text) {
    constexpr std::size_t most = 64;
    const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    return !text.empty() && text.size() <= most && text.front() >= 'a' && text.front() <= 'z' &&
           std::ranges::all_of(text, is_letter);
}

// True where further keys may stand below.
bool is_group(std::string_view key) {
    const std::string start = generic_key(key) + '.';
    return std::ranges::any_of(settings_table(), [&](const SettingRow& row) { return row.key.starts_with(start); });
}

// "endpoints.<name>.url" for "endpoints.crm.url"; the same text where no good name stands in it.
std::string generic_key(std::string_view key) {
    const std::string name = name_in(key);
    if (!is_name(name)) return std::string(key);
    const std::string_view start = key.substr(0, key.find('.') + 1);
    return fmt::format("{}{}{}", start, any_name, key.substr(start.size() + name.size()));
}

std::string hint_for(std::string_view key) {
    const std::string name = name_in(key);
    if (!name.empty() && !is_name(name)) return "the name of an endpoint is a word such as crm";
    std::vector<std::string> known;
    for (const SettingRow& row : settings_table()) {
        const std::size_t place = row.key.find(any_name);
        known.push_back(row.key);
        if (place != std::string::npos && !name.empty()) known.back().replace(place, any_name.size(), name);
    }
    return yaml::suggestion(key, known);
}

std::vector<std::string> warn_of_open_secrets(const Settings& settings, const std::string& file) {
    const auto has_secret = [](const auto& endpoint) { return !endpoint.second.secret.empty(); };
    if (std::ranges::none_of(settings.endpoints, has_secret) || !is_open_to_others(file)) return {};
    return {
        fmt::format("{} holds a secret and others than its owner can read it: chmod 600, or use secret_file", file)};
}

}  // namespace
}  // namespace segmentd::daemon
