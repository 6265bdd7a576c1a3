#include "daemon/collect/table_file.hpp"

#include <csv.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/json_text.hpp"
#include "rules/expression/utf8.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

constexpr std::size_t longest_row = 1024 * 1024;
constexpr const char* how_to_quote = "a cell with quotes is written \"like \"\"this\"\"\"";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";  // of UTF-8; some programs put it first

using GzipFile = std::unique_ptr<gzFile_s, decltype(&gzclose)>;

// Reads up to a buffer of plain bytes; nothing at the end. An archive that ends too early is broken.
Result<std::string_view> read_piece(gzFile_s* file, std::span<char> buffer) {
    const int read = gzread(file, buffer.data(), static_cast<unsigned>(buffer.size()));
    int status = Z_OK;
    if (read == 0) gzerror(file, &status);
    if (read < 0 || status != Z_OK) return fail(ErrorCode::io, "the archive is broken", "fetch the file again");
    return std::string_view(buffer.data(), static_cast<std::size_t>(read));
}

// Takes pieces of a file and tells the visitor about the rows in them.
class RowSource {
  public:
    virtual ~RowSource() = default;
    virtual Result<void> take(std::string_view piece) = 0;
    virtual Result<void> finish() = 0;
};

// Feeds libcsv line by line, so that it is known which text a broken row has.
class CsvRows : public RowSource {
  public:
    explicit CsvRows(const TableVisitor& visitor) : visitor_(visitor) { begin(); }
    ~CsvRows() override { csv_free(&parser_); }
    CsvRows(const CsvRows&) = delete;
    CsvRows& operator=(const CsvRows&) = delete;

    Result<void> take(std::string_view piece) override {
        std::string again;  // what a broken row swallowed, and the rest of the piece
        while (!piece.empty()) {
            const auto line = piece.substr(0, std::min(piece.find_first_of("\r\n"), piece.size() - 1) + 1);
            piece.remove_prefix(line.size());
            const bool is_line_over = line.back() == '\n' || line.back() == '\r';
            if (is_skipping_) {
                is_skipping_ = !is_line_over;
                continue;
            }
            const bool is_between_rows = text_.empty() && is_line_over && line.size() == 1;
            if (is_between_rows || feed(line)) continue;
            auto swallowed = drop_broken_line();
            if (!swallowed) return fail(std::move(swallowed).error());
            if (swallowed->empty()) continue;
            again = *swallowed + std::string(piece);
            piece = again;
        }
        return outcome();
    }

    Result<void> finish() override {
        while (csv_fini(&parser_, &on_cell, &on_row_end, this) != 0) {
            auto swallowed = drop_broken_line();
            if (!swallowed) return fail(std::move(swallowed).error());
            if (auto done = take(*swallowed); !done) return done;
        }
        if (!has_header_ && !error_)
            return fail(ErrorCode::invalid, "there is no header", "name the columns in the first line");
        return outcome();
    }

  private:
    static void on_cell(void* cell, std::size_t size, void* self) {
        static_cast<CsvRows*>(self)->cells_.emplace_back(static_cast<const char*>(cell), size);
    }

    static void on_row_end(int, void* self) { static_cast<CsvRows*>(self)->end_row(); }

    void begin() { csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI); }

    // False where the row that is being read is broken.
    bool feed(std::string_view line) {
        text_ += line;
        if (text_.size() > longest_row) return false;
        if (csv_parse(&parser_, line.data(), line.size(), &on_cell, &on_row_end, this) != line.size()) return false;
        if (std::exchange(is_row_over_, false)) text_.clear();
        return true;
    }

    void end_row() {
        is_row_over_ = true;
        const auto cells = std::exchange(cells_, {});
        const bool is_empty = cells.empty() || (cells.size() == 1 && cells.front().empty());
        if (is_empty || error_) return;
        auto done = std::exchange(has_header_, true) ? visitor_.on_row(cells, ++row_) : visitor_.on_header(cells);
        if (!done) error_ = std::move(done).error();
    }

    // Begins anew behind the first line of the broken row, and gives what followed that line.
    Result<std::string> drop_broken_line() {
        if (error_) return fail(*error_);
        const auto text = std::exchange(text_, {});
        const auto end = std::min(text.find_first_of("\r\n"), text.size() - 1) + 1;
        const bool is_too_long = text.size() > longest_row;
        is_skipping_ = text.find_first_of("\r\n") == std::string::npos;
        csv_free(&parser_);
        begin();
        cells_.clear();
        if (!has_header_) return fail(ErrorCode::invalid, "the header cannot be read", how_to_quote);
        BrokenRow row{++row_, is_too_long ? "row_too_long" : "broken_quote", text.substr(0, end)};
        if (auto done = visitor_.on_broken_row(row); !done) return fail(std::move(done).error());
        return text.substr(end);
    }

    Result<void> outcome() const {
        if (error_) return fail(*error_);
        return {};
    }

    const TableVisitor& visitor_;
    csv_parser parser_{};
    std::vector<std::string> cells_;
    std::string text_;  // of the row that is being read
    std::uint64_t row_ = 0;
    bool is_row_over_ = false;
    bool is_skipping_ = false;  // what is left of a broken line
    bool has_header_ = false;
    std::optional<Error> error_;
};

class JsonRows : public RowSource {
  public:
    JsonRows(const TableVisitor& visitor, const std::vector<std::string>& columns)
        : visitor_(visitor), columns_(columns) {}

    Result<void> take(std::string_view piece) override {
        if (!std::exchange(has_header_, true)) {
            if (auto done = visitor_.on_header(columns_); !done) return done;
        }
        for (auto end = piece.find('\n'); end != std::string_view::npos; end = piece.find('\n')) {
            add(piece.substr(0, end));
            piece.remove_prefix(end + 1);
            if (auto done = take_line(); !done) return done;
        }
        add(piece);
        return {};
    }

    Result<void> finish() override { return take_line(); }

  private:
    // One byte more than may be is enough to know that a line is too long.
    void add(std::string_view part) { line_ += part.substr(0, longest_row + 1 - line_.size()); }

    Result<void> take_line() {
        const auto line = std::exchange(line_, {});
        if (line.find_first_not_of(" \t\r") == std::string::npos) return {};
        ++row_;
        if (line.size() > longest_row) return visitor_.on_broken_row({row_, "row_too_long", line});
        boost::system::error_code error;
        const auto value = json::parse(line, error);
        if (error || !value.is_object()) {
            const bool is_text = rules::expression::is_utf8(line);
            return visitor_.on_broken_row({row_, is_text ? "not_an_object" : "not_utf8", line});
        }
        std::vector<std::string> cells;
        for (const auto& column : columns_) {
            const auto* member = value.get_object().if_contains(column);
            if (member == nullptr || member->is_null())
                cells.emplace_back();
            else
                cells.push_back(member->is_string() ? std::string(member->get_string()) : json_text(*member));
        }
        return visitor_.on_row(cells, row_);
    }

    const TableVisitor& visitor_;
    const std::vector<std::string>& columns_;
    std::string line_;
    std::uint64_t row_ = 0;
    bool has_header_ = false;
};

Result<void> read_rows(gzFile_s* file, RowSource& rows, const std::function<void()>& on_progress);

std::uint64_t size_of(const std::string& path) {
    struct stat status{};
    return stat(path.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

}  // namespace

Result<void> read_table(const std::string& path, rules::SourceFormat format, const std::vector<std::string>& columns,
                        const TableVisitor& visitor) {
    const GzipFile file(gzopen(path.c_str(), "rb"), &gzclose);
    if (file == nullptr)
        return fail(ErrorCode::io, fmt::format("cannot open {}", path), "check the path and its permissions");
    std::unique_ptr<RowSource> rows;
    if (format == rules::SourceFormat::csv)
        rows = std::make_unique<CsvRows>(visitor);
    else
        rows = std::make_unique<JsonRows>(visitor, columns);
    const auto total = size_of(path);
    auto done = read_rows(file.get(), *rows, [&] {
        if (visitor.on_progress) visitor.on_progress({static_cast<std::uint64_t>(gzoffset(file.get())), total});
    });
    if (!done && done.error().where.file.empty()) done.error().where.file = path;
    return done;
}

namespace {

Result<void> read_rows(gzFile_s* file, RowSource& rows, const std::function<void()>& on_progress) {
    std::array<char, 256 * 1024> buffer;
    for (bool is_first = true;; is_first = false) {
        auto piece = read_piece(file, buffer);
        if (!piece) return fail(std::move(piece).error());
        if (is_first && piece->starts_with(byte_order_mark)) piece->remove_prefix(byte_order_mark.size());
        if (piece->empty()) return rows.finish();
        if (auto done = rows.take(*piece); !done) return done;
        on_progress();
    }
}

}  // namespace
}  // namespace segmentd::daemon
