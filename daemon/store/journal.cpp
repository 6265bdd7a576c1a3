#include "daemon/store/journal.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/sha256.hpp"

namespace segmentd::daemon {
namespace {

constexpr std::size_t hashed_header_size = 20;  // of header_bytes: everything before the payload hash

using AssociatedData = std::array<std::uint8_t, hashed_header_size + 8>;

AssociatedData associated_data(const RecordHeader& header, std::uint64_t subject);
Result<bool> next_row(SQLite::Statement& select, std::uint64_t expected);
Result<JournalRow> row_in(SQLite::Statement& select);
tl::unexpected<Error> damaged(std::uint64_t sequence, std::string_view what);

}  // namespace

JournalRow seal_record(const Record& record, std::uint64_t subject, const Key& key, const NonceSeries& nonces) {
    JournalRow row{.header = {.sequence = record.sequence, .type = type_of(record), .engine_time = record.engine_time},
                   .subject = subject,
                   .payload = {}};
    row.payload =
        seal(key, nonces.numbered(record.sequence), associated_data(row.header, subject), encode_payload(record));
    row.header.payload_hash = sha256(row.payload);
    return row;
}

Result<Record> open_row(const JournalRow& row, KeyRing& keys) {
    const std::uint64_t sequence = row.header.sequence;
    if (row.header.schema != record_schema_version) return damaged(sequence, "its schema is unknown");
    if (sha256(row.payload) != row.header.payload_hash) return damaged(sequence, "its payload does not match its hash");
    auto key = keys.key_of(row.subject);
    if (!key) return damaged(sequence, key.error().message);
    const auto text = unseal(*key, associated_data(row.header, row.subject), row.payload);
    if (!text) return damaged(sequence, "its payload does not belong to its header and key");
    auto record = decode_payload(row.header.type, *text);
    if (!record) return damaged(sequence, record.error().message);
    record->sequence = sequence;
    record->engine_time = row.header.engine_time;
    return record;
}

JournalWriter::JournalWriter(SQLite::Database& database)
    : insert_(database,
              "INSERT INTO journal(sequence, type, engine_time, schema, subject, payload_hash, payload) "
              "VALUES (?, ?, ?, ?, ?, ?, ?)") {}

void JournalWriter::append(const JournalRow& row) {
    insert_.tryReset();
    bind_number(insert_, 1, row.header.sequence);
    insert_.bind(2, static_cast<int>(row.header.type));
    insert_.bind(3, to_microseconds(row.header.engine_time));
    insert_.bind(4, static_cast<int>(row.header.schema));
    bind_number(insert_, 5, row.subject);
    bind_blob(insert_, 6, row.header.payload_hash);
    bind_blob(insert_, 7, row.payload);
    insert_.exec();
}

Result<void> scan_journal(SQLite::Database& database, SequenceRange range, const RowVisitor& visit) {
    SQLite::Statement select(database,
                             "SELECT sequence, type, engine_time, schema, subject, payload_hash, payload FROM journal "
                             "WHERE sequence >= ? AND sequence < ? ORDER BY sequence");
    bind_number(select, 1, range.first);
    bind_number(select, 2, range.end);
    std::uint64_t expected = range.first;
    Timestamp latest = beginning_of_time;
    while (true) {
        TRY(has_row, next_row(select, expected));
        if (!has_row) return {};
        TRY(row, row_in(select));
        if (row.header.sequence != expected) return damaged(expected, "it is missing");
        if (row.header.engine_time < latest)
            return damaged(expected, "its engine time is before the one of its predecessor");
        if (auto visited = visit(row); !visited) return visited;
        latest = row.header.engine_time;
        ++expected;
    }
}

namespace {

AssociatedData associated_data(const RecordHeader& header, std::uint64_t subject) {
    AssociatedData data;
    const auto bytes = header_bytes(header);
    const auto subject_bytes = number_bytes(subject);
    const auto rest = std::copy_n(bytes.begin(), hashed_header_size, data.begin());
    std::copy(subject_bytes.begin(), subject_bytes.end(), rest);
    return data;
}

Result<bool> next_row(SQLite::Statement& select, std::uint64_t expected) {
    try {
        return select.executeStep();
    } catch (const std::exception& exception) {
        return fail(database_error(fmt::format("read record {} of the journal", expected), exception));
    }
}

Result<JournalRow> row_in(SQLite::Statement& select) {
    JournalRow row;
    const std::int64_t type = select.getColumn(1).getInt64();
    const std::int64_t schema = select.getColumn(3).getInt64();
    const auto hash = blob_of(select.getColumn(5));
    const auto payload = blob_of(select.getColumn(6));
    row.header.sequence = static_cast<std::uint64_t>(select.getColumn(0).getInt64());
    row.header.type = static_cast<RecordType>(type);
    row.header.engine_time = from_microseconds(select.getColumn(2).getInt64());
    row.header.schema = static_cast<std::uint16_t>(schema);
    row.subject = static_cast<std::uint64_t>(select.getColumn(4).getInt64());
    const bool fits = static_cast<std::int64_t>(row.header.type) == type && row.header.schema == schema &&
                      hash.size() == row.header.payload_hash.size();
    if (!fits) return damaged(row.header.sequence, "a column holds what cannot be there");
    std::copy(hash.begin(), hash.end(), row.header.payload_hash.begin());
    row.payload.assign(payload.begin(), payload.end());
    return row;
}

tl::unexpected<Error> damaged(std::uint64_t sequence, std::string_view what) {
    return fail(ErrorCode::corrupt, fmt::format("record {} of the journal is damaged: {}", sequence, what),
                "restore the store from a backup");
}

}  // namespace
}  // namespace segmentd::daemon
