#include "rules/load/secrets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "rules/load/yaml_text.hpp"

namespace segmentd::rules::load {
namespace {

// Beginnings by which issuers mark their tokens.
constexpr std::array<std::string_view, 11> token_beginnings = {"whsec_",      "whsk_",  "sk_live_", "sk_test_",
                                                               "rk_live_",    "ghp_",   "xoxb-",    "xoxp-",
                                                               "github_pat_", "glpat-", "Bearer "};
constexpr std::array<std::string_view, 6> secret_keys = {"password", "passphrase", "secret",
                                                         "token",    "api_key",    "private_key"};

// Where a key such as `password` names a secret that is kept elsewhere.
constexpr std::string_view names_of_secrets = "authentication";

void search(const Node& node, bool holds_names, std::vector<Refusal>& found);
bool is_secret_key(std::string_view key);
Refusal refusal_of(Position at, std::string message);
std::optional<std::size_t> find_secret(std::string_view text);
bool begins_token(std::string_view rest);
bool is_access_key(std::string_view rest);
std::optional<std::size_t> find_password_in_address(std::string_view text);

}  // namespace

std::vector<Refusal> find_literal_secrets(const Node& document) {
    std::vector<Refusal> found;
    search(document, false, found);
    return found;
}

std::vector<Refusal> find_literal_secrets(std::string_view bytes, const std::vector<Refusal>& known) {
    std::vector<Refusal> found;
    for (Position at{1, 1}; !bytes.empty(); ++at.line) {
        const auto line = bytes.substr(0, bytes.find('\n'));
        bytes.remove_prefix(std::min(line.size() + 1, bytes.size()));
        const auto place = find_secret(line);
        if (!place || std::ranges::count(known, at.line, [](const Refusal& other) { return other.at.line; }) > 0)
            continue;
        found.push_back(refusal_of({at.line, static_cast<int>(*place) + 1}, "this line holds a secret"));
    }
    return found;
}

namespace {

void search(const Node& node, bool holds_names, std::vector<Refusal>& found) {
    const auto report = [&](Position at, std::string message) { found.push_back(refusal_of(at, std::move(message))); };
    if (node.form == Node::Form::scalar && find_secret(node.text)) report(node.at, "this text is a secret");
    for (const Node& item : node.items) search(item, holds_names, found);
    for (const Entry& entry : node.entries) {
        const bool has_text = entry.value.form == Node::Form::scalar && !entry.value.text.empty();
        if (has_text && !holds_names && is_secret_key(entry.key)) {
            report(entry.value.at, fmt::format("key {} holds a secret", shown(entry.key)));
        } else {
            search(entry.value, holds_names || entry.key == names_of_secrets, found);
        }
    }
}

Refusal refusal_of(Position at, std::string message) {
    return {at, "literal_secret", std::move(message),
            "keep it out of the workspace: segmentd.yaml holds secrets by endpoint name; renew this one"};
}

bool is_secret_key(std::string_view key) {
    return std::any_of(secret_keys.begin(), secret_keys.end(), [&](std::string_view known) {
        const bool is_last_part = key.size() > known.size() && key[key.size() - known.size() - 1] == '_';
        return key == known || (key.ends_with(known) && is_last_part);
    });
}

// Where the first secret of the text begins.
std::optional<std::size_t> find_secret(std::string_view text) {
    const auto is_part_of_word = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i > 0 && is_part_of_word(text[i - 1])) continue;
        const auto rest = text.substr(i);
        if (begins_token(rest) || is_access_key(rest) || rest.starts_with("-----BEGIN")) return i;
    }
    return find_password_in_address(text);
}

// A mark alone is a word that people may write; a token goes on without a space.
bool begins_token(std::string_view rest) {
    constexpr std::size_t shortest = 4;
    return std::any_of(token_beginnings.begin(), token_beginnings.end(), [&](std::string_view beginning) {
        if (!rest.starts_with(beginning)) return false;
        const auto token = rest.substr(beginning.size());
        const std::size_t length = std::min(token.find_first_of(" \t\r\n"), token.size());
        return length >= (beginning == "Bearer " ? 4 * shortest : shortest);
    });
}

// An access key id of AWS: AKIA and sixteen capital letters or digits.
bool is_access_key(std::string_view rest) {
    if (!rest.starts_with("AKIA") || rest.size() < 20) return false;
    const auto id = rest.substr(4, 16);
    return std::all_of(id.begin(), id.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
}

// scheme://user:password@host; gives where user begins.
std::optional<std::size_t> find_password_in_address(std::string_view text) {
    for (auto scheme = text.find("://"); scheme != std::string_view::npos; scheme = text.find("://", scheme + 3)) {
        const auto begin = scheme + 3;
        const auto authority = text.substr(begin, text.find_first_of("/ ?#\"'", begin) - begin);
        const auto at = authority.rfind('@');
        if (at != std::string_view::npos && authority.substr(0, at).find(':') != std::string_view::npos) return begin;
    }
    return std::nullopt;
}

}  // namespace
}  // namespace segmentd::rules::load
