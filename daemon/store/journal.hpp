// The journal's rows: a record sealed under its customer's key, with the header that everybody may see.
//
// The payload is sealed with sequence, type, engine time, schema and subject as associated data, so
// that a change of any column is noticed when the row is opened.
// Functions throw what SQLite throws; the caller holds the transaction.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>

#include "base/records.hpp"
#include "daemon/store/database.hpp"
#include "daemon/store/key_ring.hpp"
#include "daemon/store/sealing.hpp"

namespace segmentd::daemon {

// From first to the one before end.
struct SequenceRange {
    std::uint64_t first = 1;
    std::uint64_t end = std::numeric_limits<std::int64_t>::max();
};

struct JournalRow {
    RecordHeader header;
    std::uint64_t subject = 0;
    Bytes payload;
};

JournalRow seal_record(const Record& record, std::uint64_t subject, const Key& key, const NonceSeries& nonces);

// corrupt where hash, key or any column do not fit the payload; the message names the sequence.
Result<Record> open_row(const JournalRow& row, KeyRing& keys);

class JournalWriter {
  public:
    explicit JournalWriter(SQLite::Database& database);
    void append(const JournalRow& row);

  private:
    SQLite::Statement insert_;
};

// Rows in order. A missing sequence inside the range and a decreasing engine time are corrupt. An
// Error of the visitor ends the scan and is returned.
using RowVisitor = std::function<Result<void>(const JournalRow&)>;
Result<void> scan_journal(SQLite::Database& database, SequenceRange range, const RowVisitor& visit);

}  // namespace segmentd::daemon
