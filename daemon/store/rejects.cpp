#include "daemon/store/rejects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace segmentd::daemon {
namespace {

// Keeps a sealed reject from being taken for anything else under the same key.
std::array<std::uint8_t, 14> associated_data(std::uint64_t id) {
    std::array<std::uint8_t, 14> data = {'r', 'e', 'j', 'e', 'c', 't'};
    const auto number = number_bytes(id);
    std::copy(number.begin(), number.end(), data.begin() + 6);
    return data;
}

}  // namespace

RejectTable::RejectTable(SQLite::Database& database, const Key& key)
    : database_(database),
      key_(key),
      insert_(database,
              "INSERT INTO rejects(id, received_at, source, reason, detail, payload) VALUES (?, ?, ?, ?, ?, ?)") {
    SQLite::Statement select(database, "SELECT reason, count(*) FROM rejects GROUP BY reason");
    while (select.executeStep()) {
        const auto count = static_cast<std::uint64_t>(select.getColumn(1).getInt64());
        counts_[select.getColumn(0).getString()] = count;
    }
    last_id_ = static_cast<std::uint64_t>(database.execAndGet("SELECT ifnull(max(id), 0) FROM rejects").getInt64());
}

void RejectTable::append(std::span<const Reject> rejects) {
    if (rejects.empty()) return;
    const NonceSeries nonces;
    std::uint64_t id = last_id_;
    for (const Reject& reject : rejects) {
        ++id;
        const Bytes payload = seal(key_, nonces.numbered(id), associated_data(id), reject.payload);
        insert_.tryReset();
        bind_number(insert_, 1, id);
        insert_.bind(2, to_microseconds(reject.received_at));
        insert_.bindNoCopy(3, reject.source);
        insert_.bindNoCopy(4, reject.reason);
        insert_.bindNoCopy(5, reject.detail);
        bind_blob(insert_, 6, payload);
        insert_.exec();
        ++unsettled_[reject.reason];
    }
}

void RejectTable::settle(bool is_committed) {
    for (const auto& [reason, count] : unsettled_) {
        if (!is_committed) break;
        counts_[reason] += count;
        last_id_ += count;
    }
    unsettled_.clear();
}

Result<std::vector<StoredReject>> RejectTable::newest(std::size_t limit) {
    SQLite::Statement select(database_,
                             "SELECT id, received_at, source, reason, detail, payload FROM rejects "
                             "ORDER BY id DESC LIMIT ?");
    bind_number(select, 1, limit);
    std::vector<StoredReject> found;
    while (select.executeStep()) {
        StoredReject stored;
        stored.id = static_cast<std::uint64_t>(select.getColumn(0).getInt64());
        stored.reject.received_at = from_microseconds(select.getColumn(1).getInt64());
        stored.reject.source = select.getColumn(2).getString();
        stored.reject.reason = select.getColumn(3).getString();
        stored.reject.detail = select.getColumn(4).getString();
        auto payload = unseal(key_, associated_data(stored.id), blob_of(select.getColumn(5)));
        if (!payload) return fail(ErrorCode::corrupt, fmt::format("reject {} is damaged", stored.id));
        stored.reject.payload = std::move(*payload);
        found.push_back(std::move(stored));
    }
    return found;
}

std::map<std::string, std::uint64_t> RejectTable::counts(Timestamp from, Timestamp until) {
    SQLite::Statement select(database_,
                             "SELECT reason, count(*) FROM rejects WHERE received_at >= ? AND received_at < ? "
                             "GROUP BY reason");
    select.bind(1, to_microseconds(from));
    select.bind(2, to_microseconds(until));
    std::map<std::string, std::uint64_t> counts;
    while (select.executeStep()) {
        counts[select.getColumn(0).getString()] = static_cast<std::uint64_t>(select.getColumn(1).getInt64());
    }
    return counts;
}

}  // namespace segmentd::daemon
