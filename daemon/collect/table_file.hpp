// Reads files of rows: CSV (RFC 4180; by libcsv) and JSON Lines, plain or gzip, by content.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "rules/definitions/signals.hpp"

namespace segmentd::daemon {

// Where a reader is, for a progress bar: compressed bytes read of the file's size.
struct FileProgress {
    std::uint64_t bytes = 0;
    std::uint64_t total = 0;
};

struct TableVisitor {
    std::function<Result<void>(const std::vector<std::string>& names)> on_header;
    std::function<Result<void>(const std::vector<std::string>& cells, std::uint64_t row_number)> on_row;
    std::function<void(const FileProgress&)> on_progress;  // now and then; may be empty
};

// Calls on_header once (JSON Lines: with `columns`), then on_row for each row, counted from 1
// without the header. Empty lines and the mark of UTF-8 at the start are skipped. A line of more than 1 MiB, a broken
// archive or a broken JSON line is an Error with the row's number; what a visitor returns ends the reading.
Result<void> read_table(const std::string& path, rules::SourceFormat format, const std::vector<std::string>& columns,
                        const TableVisitor& visitor);

}  // namespace segmentd::daemon
