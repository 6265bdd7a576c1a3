#include "daemon/audit/packet_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "daemon/collect/table_file.hpp"

namespace segmentd::daemon {

namespace {

constexpr std::size_t header_size = 52;

std::uint64_t big_endian(std::string_view bytes);

}  // namespace

Result<Table> read_paper(const std::filesystem::path& path) {
    Table table;
    TableVisitor visitor;
    visitor.on_header = [&](const auto& names) -> Result<void> {
        table.columns = names;
        return {};
    };
    visitor.on_row = [&](const auto& cells, std::uint64_t row) -> Result<void> {
        if (cells.size() != table.columns.size()) {
            return fail(ErrorCode::invalid, fmt::format("row {} has {} cells", row, cells.size()));
        }
        table.rows.push_back(cells);
        return {};
    };
    visitor.on_broken_row = [](const BrokenRow& row) -> Result<void> {
        return fail(ErrorCode::invalid, fmt::format("row {} cannot be read", row.number));
    };
    if (auto read = read_table(path.string(), rules::SourceFormat::csv, {}, visitor); !read) return fail(read.error());
    return table;
}

std::vector<std::map<std::string, std::string>> rows_of(const Table& table) {
    std::vector<std::map<std::string, std::string>> rows;
    for (const auto& cells : table.rows) {
        auto& row = rows.emplace_back();
        for (std::size_t i = 0; i < cells.size(); ++i) row[table.columns[i]] = cells[i];
    }
    return rows;
}

Result<std::vector<RecordHeader>> parse_headers(const std::string& bytes) {
    const auto refuse = [](std::size_t index, const char* why) {
        return fail(ErrorCode::invalid, fmt::format("header {} {}", index + 1, why));
    };
    std::vector<RecordHeader> headers;
    if (bytes.size() % header_size != 0) return refuse(bytes.size() / header_size, "is cut off");
    headers.reserve(bytes.size() / header_size);
    for (std::size_t i = 0; i < bytes.size() / header_size; ++i) {
        const auto header = std::string_view(bytes).substr(i * header_size, header_size);
        const auto type = big_endian(header.substr(8, 2));
        if (big_endian(header.substr(0, 8)) != i + 1) return refuse(i, "has another sequence");
        if (type < 1 || type > std::variant_size_v<Payload>) return refuse(i, "has an unknown type");
        RecordHeader read{.sequence = i + 1,
                          .type = static_cast<RecordType>(type),
                          .engine_time = from_microseconds(static_cast<std::int64_t>(big_endian(header.substr(10, 8)))),
                          .schema = static_cast<std::uint16_t>(big_endian(header.substr(18, 2))),
                          .payload_hash = {}};
        std::ranges::transform(header.substr(20), read.payload_hash.begin(),
                               [](char byte) { return static_cast<std::uint8_t>(byte); });
        if (i > 0 && read.engine_time < headers.back().engine_time) return refuse(i, "goes back in time");
        headers.push_back(read);
    }
    return headers;
}

namespace {

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t number = 0;
    for (const char byte : bytes) number = (number << 8) | static_cast<std::uint8_t>(byte);
    return number;
}

}  // namespace
}  // namespace segmentd::daemon
