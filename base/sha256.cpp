#include "base/sha256.hpp"

#include <openssl/evp.h>

#include <cassert>

namespace segmentd {
namespace {

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

// Looking the algorithm up costs more than hashing a short text, so it is done once.
const EVP_MD* algorithm() {
    static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    assert(fetched != nullptr && "the crypto library offers SHA-256");
    return fetched;
}

void begin(EVP_MD_CTX* context) {
    [[maybe_unused]] const int done = EVP_DigestInit_ex2(context, algorithm(), nullptr);
    assert(done == 1 && "a SHA-256 context can always begin");
}

void append(EVP_MD_CTX* context, const void* bytes, std::size_t count) {
    [[maybe_unused]] const int done = EVP_DigestUpdate(context, bytes, count);
    assert(done == 1 && "a SHA-256 context takes bytes until it is finished");
}

Sha256 end(EVP_MD_CTX* context) {
    Sha256 hash{};
    [[maybe_unused]] const int done = EVP_DigestFinal_ex(context, hash.data(), nullptr);
    assert(done == 1 && "a SHA-256 context can always end");
    return hash;
}

Sha256 hash_of(const void* bytes, std::size_t count) {
    thread_local const Context context(EVP_MD_CTX_new());
    begin(context.get());
    append(context.get(), bytes, count);
    return end(context.get());
}

int digit_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

}  // namespace

struct Sha256Stream::State {
    Context context{EVP_MD_CTX_new()};
};

Sha256 sha256(std::string_view bytes) {
    return hash_of(bytes.data(), bytes.size());
}

Sha256 sha256(std::span<const std::uint8_t> bytes) {
    return hash_of(bytes.data(), bytes.size());
}

Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) {
    begin(state_->context.get());
}
Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;

void Sha256Stream::add(std::string_view bytes) {
    append(state_->context.get(), bytes.data(), bytes.size());
}

void Sha256Stream::add(std::span<const std::uint8_t> bytes) {
    append(state_->context.get(), bytes.data(), bytes.size());
}

void Sha256Stream::add_number(std::uint64_t number) {
    std::array<std::uint8_t, 8> bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(number >> (8 * (7 - i)));
    add(bytes);
}

Sha256 Sha256Stream::finish() {
    const Sha256 hash = end(state_->context.get());
    begin(state_->context.get());
    return hash;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const std::uint8_t byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 0x0F];
    }
    return text;
}

Result<std::vector<std::uint8_t>> from_hex(std::string_view text) {
    const auto refuse = [] {
        return fail(ErrorCode::invalid, "the text is not hexadecimal", "write two digits 0-9 or a-f for each byte");
    };
    if (text.size() % 2 != 0) return refuse();
    std::vector<std::uint8_t> bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = digit_value(text[i]);
        const int low = digit_value(text[i + 1]);
        if (high < 0 || low < 0) return refuse();
        bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
    }
    return bytes;
}

}  // namespace segmentd
