#include "daemon/store/tree_heads.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <optional>

#include "base/canonical_json.hpp"
#include "base/sha256.hpp"
#include "daemon/store/files.hpp"

namespace segmentd::daemon {
namespace {

namespace json = boost::json;

json::object signed_members(const SignedTreeHead& head);
std::string canonical(const json::object& object);
std::string to_base64(std::span<const std::uint8_t> bytes);
std::optional<SignedTreeHead> head_in(const json::object& object);

}  // namespace

PublicKey public_key_of(const SigningSeed& seed) {
    PublicKey public_key;
    std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret;
    ::crypto_sign_seed_keypair(public_key.data(), secret.data(), seed.data());
    return public_key;
}

SignedTreeHead sign(SignedTreeHead head, const SigningSeed& seed) {
    std::array<std::uint8_t, crypto_sign_SECRETKEYBYTES> secret;
    ::crypto_sign_seed_keypair(head.public_key.data(), secret.data(), seed.data());
    const std::string text = canonical(signed_members(head));
    ::crypto_sign_detached(head.signature.data(), nullptr, reinterpret_cast<const unsigned char*>(text.data()),
                           text.size(), secret.data());
    return head;
}

bool is_signed_by(const SignedTreeHead& head, const PublicKey& key) {
    const std::string text = canonical(signed_members(head));
    return ::crypto_sign_verify_detached(head.signature.data(), reinterpret_cast<const unsigned char*>(text.data()),
                                         text.size(), key.data()) == 0;
}

std::string to_line(const SignedTreeHead& head) {
    json::object members = signed_members(head);
    members["public_key"] = to_base64(head.public_key);
    members["signature"] = to_base64(head.signature);
    return canonical(members);
}

Result<SignedTreeHead> parse_tree_head(std::string_view line) {
    json::error_code error;
    const json::value parsed = json::parse(line, error);
    if (!error && parsed.is_object()) {
        if (auto head = head_in(parsed.get_object())) return *head;
    }
    return fail(ErrorCode::invalid, "this line is no signed tree head");
}

Result<std::vector<SignedTreeHead>> read_tree_heads(const std::filesystem::path& path) {
    std::vector<SignedTreeHead> heads;
    if (!std::filesystem::exists(path)) return heads;
    TRY(content, read_file(path));
    std::string_view rest = content;
    for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
        auto head = parse_tree_head(rest.substr(0, end));
        if (!head) {
            Error error = std::move(head).error();
            error.code = ErrorCode::corrupt;
            error.hint = "restore this file from a backup";
            error.where = {.file = path.string(), .line = static_cast<int>(heads.size()) + 1};
            return fail(std::move(error));
        }
        heads.push_back(std::move(*head));
        rest.remove_prefix(end + 1);
    }
    return heads;
}

namespace {

json::object signed_members(const SignedTreeHead& head) {
    return {{"engine_time", to_text(head.engine_time)},
            {"origin", head.origin},
            {"root", to_hex(head.head.root)},
            {"size", head.head.size}};
}

// Sizes are counts of records, far below what a JSON number cannot hold.
std::string canonical(const json::object& object) {
    return canonical_json(object).value_or(std::string());
}

std::string to_base64(std::span<const std::uint8_t> bytes) {
    std::string text(sodium_base64_ENCODED_LEN(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    ::sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), sodium_base64_VARIANT_ORIGINAL);
    text.pop_back();  // the terminating zero
    return text;
}

template <std::size_t Size>
bool read_base64(std::string_view text, std::array<std::uint8_t, Size>& bytes) {
    std::size_t size = 0;
    const int failed = ::sodium_base642bin(bytes.data(), Size, text.data(), text.size(), nullptr, &size, nullptr,
                                           sodium_base64_VARIANT_ORIGINAL);
    return failed == 0 && size == Size;
}

const json::string* text_in(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value != nullptr ? value->if_string() : nullptr;
}

std::optional<SignedTreeHead> head_in(const json::object& object) {
    const json::string* engine_time = text_in(object, "engine_time");
    const json::string* origin = text_in(object, "origin");
    const json::string* public_key = text_in(object, "public_key");
    const json::string* root = text_in(object, "root");
    const json::string* signature = text_in(object, "signature");
    const json::value* size = object.if_contains("size");
    const bool is_whole = engine_time && origin && public_key && root && signature && size && size->is_int64();
    if (!is_whole || object.size() != 6) return std::nullopt;

    SignedTreeHead head{
        .origin = std::string(*origin), .head = {}, .engine_time = {}, .signature = {}, .public_key = {}};
    const auto time = parse_timestamp(*engine_time);
    const auto root_bytes = from_hex(*root);
    if (!time || !root_bytes || root_bytes->size() != head.head.root.size() || size->get_int64() < 0)
        return std::nullopt;
    head.engine_time = *time;
    head.head.size = static_cast<std::uint64_t>(size->get_int64());
    std::copy(root_bytes->begin(), root_bytes->end(), head.head.root.begin());
    if (!read_base64(*public_key, head.public_key) || !read_base64(*signature, head.signature)) return std::nullopt;
    return head;
}

}  // namespace
}  // namespace segmentd::daemon
