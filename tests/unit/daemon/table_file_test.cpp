#include "daemon/collect/table_file.hpp"

#include <zlib.h>

#include <catch2/catch.hpp>

#include "tests/unit/daemon/temporary_folder.hpp"

namespace segmentd::daemon {
namespace {

using rules::SourceFormat;

constexpr std::size_t mebibyte = 1024 * 1024;

// What was read, as "1:a|b" for each row, the header as "0:...", parted by spaces.
struct Read {
    std::string rows;
    int headers = 0;
    Result<void> outcome;
};

Read read_file(const std::string& path, SourceFormat format, const std::vector<std::string>& columns = {}) {
    Read read;
    const auto note = [&](const std::vector<std::string>& cells, std::uint64_t number) {
        read.rows += (read.rows.empty() ? "" : " ") + std::to_string(number) + ':';
        for (std::size_t i = 0; i < cells.size(); ++i) {
            read.rows += (i == 0 ? "" : "|") + (cells[i].size() > 40 ? std::string("long") : cells[i]);
        }
    };
    TableVisitor visitor;
    visitor.on_header = [&](const std::vector<std::string>& names) -> Result<void> {
        ++read.headers;
        note(names, 0);
        return {};
    };
    visitor.on_row = [&](const std::vector<std::string>& cells, std::uint64_t number) -> Result<void> {
        note(cells, number);
        return {};
    };
    visitor.on_broken_row = [&](const BrokenRow& row) -> Result<void> {
        note({"!" + row.reason, row.text.substr(0, row.text.find_last_not_of("\r\n") + 1)}, row.number);
        return {};
    };
    read.outcome = read_table(path, format, columns, visitor);
    return read;
}

Read read_csv(std::string_view bytes) {
    const TemporaryFolder folder;
    return read_file(folder.write("table.csv", bytes), SourceFormat::csv);
}

Read read_json(std::string_view bytes) {
    const TemporaryFolder folder;
    return read_file(folder.write("table.jsonl", bytes), SourceFormat::json_lines, {"a", "b"});
}

std::string gzip(const TemporaryFolder& folder, std::string_view bytes) {
    const auto path = (folder.path() / "made.gz").string();
    gzFile file = gzopen(path.c_str(), "wb");
    REQUIRE(file != nullptr);
    REQUIRE(gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size())) == static_cast<int>(bytes.size()));
    REQUIRE(gzclose(file) == Z_OK);
    return path;
}

}  // namespace

TEST_CASE("a CSV file gives its header once and then its rows, counted from one") {
    const auto read = read_csv("a,b\n1,2\n3,4\n");

    CHECK(read.outcome.has_value());
    CHECK(read.rows == "0:a|b 1:1|2 2:3|4");
}

TEST_CASE("quoted cells hold commas, quotes and line ends") {
    const auto read = read_csv("a,b\r\n\"1,5\",\"say \"\"hi\"\"\"\r\n\"two\nlines\",\r\n");

    CHECK(read.rows == "0:a|b 1:1,5|say \"hi\" 2:two\nlines|");
}

TEST_CASE("a last line without an end is a row and empty lines are none") {
    const auto read = read_csv("a,b\n\n1,2\n\n3,4");

    CHECK(read.rows == "0:a|b 1:1|2 2:3|4");
}

TEST_CASE("the mark of UTF-8 at the start of a file is no part of the first column") {
    CHECK(read_csv("\xEF\xBB\xBF"
                   "a,b\n1,2\n")
              .rows == "0:a|b 1:1|2");
    CHECK(read_json("\xEF\xBB\xBF{\"a\":1}\n").rows == "0:a|b 1:1|");
}

TEST_CASE("a row with a quote in the middle of a cell is broken and the others are read") {
    CHECK(read_csv("a,b\n1,2\n3,4\"5\"6\n7,8\n").rows == "0:a|b 1:1|2 2:!broken_quote|3,4\"5\"6 3:7|8");
    CHECK(read_csv("a,b\r\n\"x\"y,4\r\n7,8\r\n").rows == "0:a|b 1:!broken_quote|\"x\"y,4 2:7|8");
}

TEST_CASE("a quote that is never closed breaks its own line alone") {
    CHECK(read_csv("a,b\n\"1,2\n3,4\n5,6\n").rows == "0:a|b 1:!broken_quote|\"1,2 2:3|4 3:5|6");
    CHECK(read_csv("a,b\n\"1,2\n3,4\n\"x\"y,6\n7,8").rows ==
          "0:a|b 1:!broken_quote|\"1,2 2:3|4 3:!broken_quote|\"x\"y,6 4:7|8");
    CHECK(read_csv("a,b\n\"1,2").rows == "0:a|b 1:!broken_quote|\"1,2");
}

TEST_CASE("a broken row that lies across two pieces of the file is one broken row") {
    const std::string filling = "x," + std::string(1000, 'y') + "\n";
    std::string bytes = "a,b\n";
    while (bytes.size() + filling.size() < 256 * 1024 - 10) bytes += filling;
    const auto rows = static_cast<std::uint64_t>((bytes.size() - 4) / filling.size());
    bytes += "br\"oken," + std::string(100, 'z') + "\nlast,row\n";

    const auto read = read_csv(bytes);

    CHECK(read.rows.ends_with(" " + std::to_string(rows + 2) + ":last|row"));
}

TEST_CASE("a CSV file that is empty or whose header is broken is an error that names the file") {
    for (const auto* bytes : {"", "\n\n", "\xEF\xBB\xBF", "a,\"b\"c\n1,2\n"}) {
        const auto read = read_csv(bytes);

        REQUIRE_FALSE(read.outcome.has_value());
        CHECK(read.outcome.error().code == ErrorCode::invalid);
        CHECK(read.outcome.error().where.file.ends_with("table.csv"));
    }
    CHECK(read_json("").outcome.has_value());
}

TEST_CASE("a gzip file is read by its content, whatever its name") {
    const TemporaryFolder folder;

    const auto read = read_file(gzip(folder, "a,b\n1,2\n"), SourceFormat::csv);

    CHECK(read.rows == "0:a|b 1:1|2");
}

TEST_CASE("an archive that was cut off is an error") {
    const TemporaryFolder folder;
    std::string rows = "a,b\n";
    for (int i = 0; i < 20'000; ++i) rows += std::to_string(i * 7919) + ",x\n";
    const auto path = gzip(folder, rows);
    std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);

    const auto read = read_file(path, SourceFormat::csv);

    REQUIRE_FALSE(read.outcome.has_value());
    CHECK(read.outcome.error().code == ErrorCode::io);
}

TEST_CASE("an archive with a changed byte is an error") {
    const TemporaryFolder folder;
    const auto path = gzip(folder, "a,b\n1,2\n");
    {
        std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
        file.seekp(-6, std::ios::end);
        file.put('\x55');
    }

    CHECK_FALSE(read_file(path, SourceFormat::csv).outcome.has_value());
}

TEST_CASE("a CSV row of more than 1 MiB is broken and the next one is read") {
    const auto read = read_csv("a,b\n1," + std::string(3 * mebibyte, 'x') + "\n3,4\n");

    CHECK(read.outcome.has_value());
    CHECK(read.rows == "0:a|b 1:!row_too_long|long 2:3|4");
}

TEST_CASE("a JSON line of exactly 1 MiB is a row and one byte more is broken") {
    const auto line = [](std::size_t bytes) {
        const std::string around = R"({"a":""})";
        return R"({"a":")" + std::string(bytes - around.size(), 'x') + "\"}\n";
    };

    CHECK(read_json(line(mebibyte)).rows == "0:a|b 1:long|");
    CHECK(read_json(line(mebibyte + 1) + "{}\n").rows == "0:a|b 1:!row_too_long|long 2:|");
}

TEST_CASE("JSON Lines give the named columns: texts as they are, other values as JSON, absent ones empty") {
    const auto read = read_json("{\"b\":\"x\",\"a\":1.5}\n\n{\"a\":null,\"c\":true}\n{\"a\":[1]}");

    CHECK(read.outcome.has_value());
    CHECK(read.rows == "0:a|b 1:1.5|x 2:| 3:[1]|");
    CHECK(read.headers == 1);
}

TEST_CASE("a line that is no JSON object is broken and the others are read") {
    CHECK(read_json("{\"a\":1}\n[1]\n{\"a\":2}\n").rows == "0:a|b 1:1| 2:!not_an_object|[1] 3:2|");
}

TEST_CASE("a line of JSON that is not UTF-8 is broken for that reason") {
    CHECK(read_json("{\"a\":1}\n{\"a\":\"Stra\xdf\"}\n").rows == "0:a|b 1:1| 2:!not_utf8|{\"a\":\"Stra\xdf\"}");
}

TEST_CASE("what a visitor of rows refuses ends the reading of the file") {
    const TemporaryFolder folder;
    int rows = 0;
    TableVisitor visitor;
    visitor.on_header = [](const auto&) { return Result<void>(); };
    visitor.on_row = [&](const auto&, std::uint64_t) -> Result<void> {
        ++rows;
        return fail(ErrorCode::conflict, "enough");
    };

    const auto outcome = read_table(folder.write("t.csv", "a\n1\n2\n3\n"), SourceFormat::csv, {}, visitor);

    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().message == "enough");
    CHECK(rows == 1);
}

TEST_CASE("a file that is not there is an error of the system") {
    const auto read = read_file("/nonexistent/file.csv", SourceFormat::csv);

    REQUIRE_FALSE(read.outcome.has_value());
    CHECK(read.outcome.error().code == ErrorCode::io);
}

}  // namespace segmentd::daemon
