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

struct BrokenRow {
    std::uint64_t number = 0;
    std::string reason;  // a word: "broken_quote", "row_too_long", "not_an_object", "not_utf8"
    std::string text;
};

struct TableVisitor {
    std::function<Result<void>(const std::vector<std::string>& names)> on_header;
    std::function<Result<void>(const std::vector<std::string>& cells, std::uint64_t row_number)> on_row;
    // A row that cannot be read, with its text as far as it is known; the reading goes on behind it.
    std::function<Result<void>(const BrokenRow& row)> on_broken_row;
    std::function<void(const FileProgress&)> on_progress;  // now and then; may be empty
};

// Calls on_header once (JSON Lines: with `columns`), then on_row or on_broken_row for each row, counted
// from 1 without the header. Empty lines and the mark of UTF-8 at the start are skipped.
//
// Broken is a row with a quote where none may be, one of more than 1 MiB, and a line of JSON that is no
// object. A quote that is never closed would swallow the rows behind it: only its own line is broken, and
// those are read again. A CSV file without a header, a broken header, and a broken archive are Errors that
// name the file; what a visitor returns ends the reading.
Result<void> read_table(const std::string& path, rules::SourceFormat format, const std::vector<std::string>& columns,
                        const TableVisitor& visitor);

}  // namespace segmentd::daemon
