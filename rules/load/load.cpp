#include "rules/load/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "base/sha256.hpp"
#include "rules/expression/utf8.hpp"
#include "rules/load/accounts.hpp"
#include "rules/load/agreement.hpp"
#include "rules/load/families.hpp"
#include "rules/load/kinds.hpp"
#include "rules/load/policies.hpp"
#include "rules/load/secrets.hpp"
#include "rules/load/suggestion.hpp"
#include "rules/load/yaml_limits.hpp"
#include "rules/load/yaml_parse.hpp"
#include "rules/load/yaml_text.hpp"

namespace segmentd::rules {
namespace {

using load::Node;
using load::Reading;

// The state of loading one workspace.
class Loader {
  public:
    explicit Loader(bool is_recorded) : is_recorded_(is_recorded) {}
    tl::expected<Definitions, std::vector<Error>> load(const WorkspaceFiles& files);

  private:
    bool refuse_size(const WorkspaceFiles& files);
    void load_zones(const WorkspaceFiles& files);
    void load_file(const std::string& path, std::string_view bytes);
    void load_document(const Node& document, std::vector<load::Refusal>& secrets_of_file);
    void meet_workspace(const Node& document);

    bool is_recorded_;
    Reading reading_;
    Definitions definitions_;
    std::optional<SourcePlace> workspace_;
};

bool is_yaml(std::string_view path) {
    return path.ends_with(".yaml") || path.ends_with(".yml");
}
std::string version_of(const WorkspaceFiles& files);
void sort_by_name(Definitions& definitions);
void refuse_kind(const load::Entry& first, const Node& document, Reading& reading);

}  // namespace

tl::expected<Definitions, std::vector<Error>> load_workspace(const WorkspaceFiles& files) {
    return Loader(false).load(files);
}

tl::expected<Definitions, std::vector<Error>> load_recorded_workspace(const WorkspaceFiles& files) {
    return Loader(true).load(files);
}

ZonesNeeded zones_needed(const WorkspaceFiles& files) {
    ZonesNeeded needed;
    for (const auto& [path, bytes] : files) {
        const bool may_be_it = is_yaml(path) && bytes.find("workspace:") != std::string::npos;
        if (!may_be_it || load::refuse_raw_text(bytes)) continue;
        for (const Node& document : load::parse_documents(bytes).nodes) {
            if (document.entries.empty() || document.entries.front().key != "workspace") continue;
            const auto* zone = document.find("zone");
            if (zone != nullptr && zone->form == Node::Form::scalar) needed.workspace = zone->text;
            needed.customers = document.find("customer_zone") != nullptr;
        }
    }
    return needed;
}

namespace {

tl::expected<Definitions, std::vector<Error>> Loader::load(const WorkspaceFiles& files) {
    if (refuse_size(files)) return tl::unexpected(reading_.take_errors());
    load_zones(files);
    // First, so that of two workspaces the other one is refused.
    const auto settings = files.find("workspace.yaml");
    if (settings != files.end()) load_file(settings->first, settings->second);
    for (auto file = files.begin(); file != files.end() && !reading_.is_full(); ++file) {
        if (file != settings && is_yaml(file->first)) load_file(file->first, file->second);
    }
    if (!workspace_) {
        reading_.lose_names();
        reading_.refuse_at(
            {"workspace.yaml", 0, 0},
            {{}, "one_workspace", "no file says what workspace this is", "add workspace.yaml with workspace: NAME"});
    }
    reading_.check_names();
    if (reading_.refusals() == 0) load::check_accounts(definitions_, reading_);
    if (reading_.refusals() == 0) load::apply_families(definitions_, reading_);
    if (reading_.refusals() == 0) load::check_agreement(definitions_, reading_);
    if (reading_.refusals() == 0 && !is_recorded_) load::check_policies(definitions_, reading_);
    if (reading_.refusals() != 0) return tl::unexpected(reading_.take_errors());
    sort_by_name(definitions_);
    definitions_.workspace.calendar = reading_.calendar();
    definitions_.workspace.zones = reading_.zones();
    load::set_segment_versions(definitions_);
    definitions_.version = version_of(files);
    return std::move(definitions_);
}

bool Loader::refuse_size(const WorkspaceFiles& files) {
    std::size_t bytes = 0;
    for (const auto& [path, content] : files) bytes += content.size();
    if (files.size() > load::max_files) {
        reading_.refuse_at(
            {}, {{},
                 "too_many_files",
                 fmt::format("the workspace has {} files, at most {} are read", files.size(), load::max_files),
                 "put several definitions into one file, parted by ---"});
    }
    if (bytes > load::max_total_bytes) {
        reading_.refuse_at(
            {}, {{},
                 "too_large",
                 fmt::format("the workspace has {} bytes, at most {} are read", bytes, load::max_total_bytes),
                 "keep data out of the workspace's folder"});
    }
    return reading_.refusals() != 0;
}

void Loader::load_zones(const WorkspaceFiles& files) {
    const auto file = files.find(zones_file);
    if (file == files.end()) return;
    auto zones = parse_zones(file->second);
    if (zones) return reading_.use_zones(std::move(*zones), zones_needed(files).workspace);
    reading_.refuse_at({zones_file, 0, 0}, {{}, "bad_zones", zones.error().message, zones.error().hint});
}

void Loader::load_file(const std::string& path, std::string_view bytes) {
    if (!expression::is_utf8(path)) {
        auto readable = path;
        std::ranges::replace_if(readable, [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
        reading_.begin_file(readable);
        reading_.refuse({{}, "not_utf8", "its name is not UTF-8", "give the file another name"});
        reading_.lose_names();
        return;
    }
    reading_.begin_file(path);
    if (auto refusal = load::refuse_raw_text(bytes)) {
        reading_.refuse(std::move(*refusal));
        reading_.lose_names();
        return;
    }
    auto documents = load::parse_documents(bytes);
    if (!documents.refusals.empty()) {
        for (auto& refusal : documents.refusals) reading_.refuse(std::move(refusal));
        reading_.lose_names();
        return;
    }
    std::vector<load::Refusal> secrets;
    for (const Node& document : documents.nodes) load_document(document, secrets);
    if (is_recorded_) return;
    for (auto& secret : load::find_literal_secrets(bytes, secrets)) reading_.refuse(std::move(secret));
}

void Loader::load_document(const Node& document, std::vector<load::Refusal>& secrets_of_file) {
    reading_.begin_definition({});
    if (document.form != Node::Form::mapping || document.entries.empty()) {
        reading_.refuse({document.at, "wrong_type", "a definition is keys and values",
                         "begin with its kind, such as segment: NAME"});
        reading_.lose_names();
        return;
    }
    const auto& first = document.entries.front();
    const auto* kind = load::find_kind(first.key);
    if (kind == nullptr) {
        refuse_kind(first, document, reading_);
        reading_.lose_names();
        return;
    }
    if (load::is_name(first.value.text)) {
        reading_.begin_definition(fmt::format("{} {}", first.key, first.value.text));
    } else {
        reading_.begin_definition(first.key);
        reading_.lose_names();
    }
    if (kind->word == "workspace") meet_workspace(document);
    const auto secrets = load::find_literal_secrets(document);
    for (const auto& secret : secrets) reading_.refuse(secret);
    std::ranges::copy(secrets, std::back_inserter(secrets_of_file));
    if (secrets.empty()) {
        kind->load(document, reading_, definitions_);
    } else {
        reading_.lose_names();
    }
}

void Loader::meet_workspace(const Node& document) {
    if (workspace_) {
        reading_.refuse(
            {document.at, "one_workspace",
             fmt::format("a second workspace; the first stands at {}:{}", workspace_->file, workspace_->line),
             "keep one of the two"});
        return;
    }
    workspace_ = reading_.place(document.at);
}

void refuse_kind(const load::Entry& first, const Node& document, Reading& reading) {
    if (load::is_kind_without_grammar(first.key)) {
        reading.refuse({first.at, "kind_not_built",
                        fmt::format("definitions of {} are not built yet", load::with_article(first.key)),
                        "take this definition out for now"});
        return;
    }
    std::vector<std::string> words;
    for (const auto& kind : load::kinds()) words.push_back(kind.word);
    auto hint = load::suggestion(first.key, words);
    for (const auto& entry : document.entries) {
        if (load::find_kind(entry.key) != nullptr) hint = fmt::format("write the key '{}' first", entry.key);
    }
    reading.refuse(
        {first.at, "unknown_kind", fmt::format("no kind of definition begins with {}", load::shown(first.key)), hint});
}

// Length before bytes, so that no two workspaces give the same text.
std::string version_of(const WorkspaceFiles& files) {
    Sha256Stream stream;
    for (const auto& [path, bytes] : files) {
        stream.add(fmt::format("{}\n{}\n{}\n", path.size(), path, bytes.size()));
        stream.add(std::string_view(bytes));
    }
    return to_hex(stream.finish()).substr(0, 12);
}

void sort_by_name(Definitions& definitions) {
    const auto by_id = [](const auto& a, const auto& b) { return a.id < b.id; };
    const auto sort = [&](auto& list) { std::sort(list.begin(), list.end(), by_id); };
    sort(definitions.signals);
    sort(definitions.sources);
    sort(definitions.features);
    sort(definitions.models);
    sort(definitions.segments);
    sort(definitions.families);
    sort(definitions.playbooks);
    sort(definitions.endpoints);
    sort(definitions.metrics);
    sort(definitions.pilots);
    std::sort(definitions.governance.begin(), definitions.governance.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
}

}  // namespace
}  // namespace segmentd::rules
