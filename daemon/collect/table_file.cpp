#include "daemon/collect/table_file.hpp"

#include <csv.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <zlib.h>

#include <array>
#include <boost/json.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/json_text.hpp"

namespace segmentd::daemon {

namespace json = boost::json;

namespace {

constexpr std::size_t longest_row = 1024 * 1024;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";  // of UTF-8; some programs put it first

using GzipFile = std::unique_ptr<gzFile_s, decltype(&gzclose)>;

tl::unexpected<Error> too_long(std::uint64_t row) {
    return fail(ErrorCode::limit, fmt::format("row {} is longer than 1 MiB", row));
}

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

class CsvRows : public RowSource {
  public:
    explicit CsvRows(const TableVisitor& visitor) : visitor_(visitor) {
        csv_init(&parser_, CSV_STRICT | CSV_STRICT_FINI);
    }
    ~CsvRows() override { csv_free(&parser_); }
    CsvRows(const CsvRows&) = delete;
    CsvRows& operator=(const CsvRows&) = delete;

    Result<void> take(std::string_view piece) override {
        const auto used = csv_parse(&parser_, piece.data(), piece.size(), &on_cell, &on_row_end, this);
        return used == piece.size() ? outcome() : broken();
    }

    Result<void> finish() override {
        if (csv_fini(&parser_, &on_cell, &on_row_end, this) != 0) return broken();
        return outcome();
    }

  private:
    static void on_cell(void* cell, std::size_t size, void* self) {
        auto& rows = *static_cast<CsvRows*>(self);
        rows.bytes_ += size;
        if (rows.bytes_ <= longest_row) rows.cells_.emplace_back(static_cast<const char*>(cell), size);
    }

    static void on_row_end(int, void* self) { static_cast<CsvRows*>(self)->end_row(); }

    void end_row() {
        const bool is_empty = cells_.empty() || (cells_.size() == 1 && cells_.front().empty());
        if (!is_empty && !error_) {
            auto done = bytes_ > longest_row ? Result<void>(too_long(row_ + 1)) : visit();
            if (!done) error_ = std::move(done).error();
        }
        cells_.clear();
        bytes_ = 0;
    }

    Result<void> visit() {
        if (has_header_) return visitor_.on_row(cells_, ++row_);
        has_header_ = true;
        return visitor_.on_header(cells_);
    }

    Result<void> outcome() const {
        if (error_) return fail(*error_);
        return {};
    }

    Result<void> broken() const {
        return fail(ErrorCode::invalid, fmt::format("row {}: {}", row_ + 1, csv_strerror(csv_error(&parser_))),
                    "a cell with quotes is written \"like \"\"this\"\"\"");
    }

    const TableVisitor& visitor_;
    mutable csv_parser parser_{};
    std::vector<std::string> cells_;
    std::size_t bytes_ = 0;
    std::uint64_t row_ = 0;
    bool has_header_ = false;
    std::optional<Error> error_;
};

class JsonRows : public RowSource {
  public:
    JsonRows(const TableVisitor& visitor, const std::vector<std::string>& columns)
        : visitor_(visitor), columns_(columns) {}

    Result<void> take(std::string_view piece) override {
        if (!has_header_) {
            has_header_ = true;
            if (auto done = visitor_.on_header(columns_); !done) return done;
        }
        rest_ += piece;
        std::size_t start = 0;
        for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', start)) {
            if (auto done = take_line(std::string_view(rest_).substr(start, end - start)); !done) return done;
            start = end + 1;
        }
        rest_.erase(0, start);
        if (rest_.size() > longest_row) return too_long(row_ + 1);
        return {};
    }

    Result<void> finish() override { return take_line(rest_); }

  private:
    Result<void> take_line(std::string_view line) {
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) return {};
        ++row_;
        if (line.size() > longest_row) return too_long(row_);
        boost::system::error_code error;
        const auto value = json::parse(line, error);
        if (error || !value.is_object()) {
            return fail(ErrorCode::invalid, fmt::format("row {} is not a JSON object", row_),
                        "write one object a line");
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
    std::string rest_;
    std::uint64_t row_ = 0;
    bool has_header_ = false;
};

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
    std::array<char, 256 * 1024> buffer;
    for (bool is_first = true;; is_first = false) {
        auto piece = read_piece(file.get(), buffer);
        if (!piece) return fail(std::move(piece).error());
        if (is_first && piece->starts_with(byte_order_mark)) piece->remove_prefix(byte_order_mark.size());
        if (piece->empty()) break;
        if (auto done = rows->take(*piece); !done) return done;
        if (visitor.on_progress) visitor.on_progress({static_cast<std::uint64_t>(gzoffset(file.get())), total});
    }
    return rows->finish();
}

}  // namespace segmentd::daemon
