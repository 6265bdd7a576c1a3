#include "daemon/store/key_ring.hpp"

#include <fmt/format.h>

namespace segmentd::daemon {
namespace {

constexpr std::size_t most_known_keys = 1'000'000;  // about 60 MB; beyond that they are unwrapped anew

std::string_view text_of(const Key& key) {
    return {reinterpret_cast<const char*>(key.data()), key.size()};
}

}  // namespace

KeyRing::KeyRing(SQLite::Database& database, const Key& master)
    : database_(database),
      master_(master),
      select_(database, "SELECT wrapped FROM keys WHERE subject = ?"),
      insert_(database, "INSERT INTO keys(subject, wrapped) VALUES (?, ?)") {}

Result<Key> KeyRing::key_of(std::uint64_t subject) {
    if (const auto known = known_.find(subject); known != known_.end()) return known->second;
    select_.tryReset();
    bind_number(select_, 1, subject);
    if (!select_.executeStep())
        return fail(ErrorCode::not_found, fmt::format("there is no key of subject {}", subject));
    const auto text = unseal(master_, number_bytes(subject), blob_of(select_.getColumn(0)));
    select_.tryReset();
    Key key;
    if (!text || text->size() != key.size()) {
        return fail(ErrorCode::corrupt, fmt::format("master.key does not open the key of subject {}", subject),
                    "restore the master.key that belongs to this store");
    }
    std::copy(text->begin(), text->end(), key.begin());
    remember(subject, key);
    return key;
}

Key KeyRing::create(std::uint64_t subject) {
    const Key key = random_key();
    const Bytes wrapped = seal(master_, random_nonce(), number_bytes(subject), text_of(key));
    insert_.tryReset();
    bind_number(insert_, 1, subject);
    bind_blob(insert_, 2, wrapped);
    insert_.exec();
    remember(subject, key);
    return key;
}

std::uint64_t KeyRing::next_subject() {
    return static_cast<std::uint64_t>(database_.execAndGet("SELECT ifnull(max(subject), -1) + 1 FROM keys").getInt64());
}

void KeyRing::remember(std::uint64_t subject, const Key& key) {
    if (known_.size() >= most_known_keys) known_.clear();
    known_[subject] = key;
}

}  // namespace segmentd::daemon
