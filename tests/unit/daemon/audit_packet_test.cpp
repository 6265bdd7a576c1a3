#include "daemon/audit/verify.hpp"
#include "tests/unit/daemon/audit_fixture.hpp"

namespace segmentd::tests {
namespace {

std::vector<Record> short_life() {
    return {definitions(at("2027-01-01"), shop(buyers_rules)), purchase("ada", at("2027-01-05")),
            visit("bob", at("2027-02-05"))};
}

std::map<std::string, std::string> bytes_of(const daemon::Packet& packet) {
    std::map<std::string, std::string> bytes;
    for (const auto& file : packet.files) bytes[file.name] = file.bytes;
    return bytes;
}

// A packet in a folder, to be checked whole or spoilt.
class Drawn {
  public:
    Drawn() {
        audited_.live(short_life());
        packet_ = audited_.draw("2027Q1").value();
        REQUIRE(daemon::write_packet(packet_, folder()));
    }

    std::filesystem::path folder() const { return audited_.path() / "papers"; }
    const daemon::Packet& packet() const { return packet_; }

    void write(const std::string& name, std::string_view bytes) const {
        std::ofstream(folder() / name, std::ios::binary) << bytes;
    }

    // Replaces a file and makes the manifest agree, as a forger would.
    void forge(const std::string& name, const std::string& bytes) const { forge(name, bytes, std::nullopt); }

    void forge(const std::string& name, const std::string& bytes, std::optional<std::int64_t> rows) const {
        write(name, bytes);
        auto manifest = boost::json::parse(bytes_of(packet_).at("manifest.json"));
        for (auto& file : manifest.at("files").as_array()) {
            if (file.at("name").as_string() != name) continue;
            file.at("sha256") = to_hex(sha256(bytes));
            file.at("bytes") = bytes.size();
            if (rows) file.at("rows") = *rows;
        }
        const auto text = boost::json::serialize(manifest) + "\n";
        write("manifest.json", text);
        write("manifest.sha256", to_hex(sha256(text)) + "  manifest.json\n");
    }

    // "passed", or the check that failed and its file.
    std::string verdict(const std::optional<daemon::PublicKey>& key = std::nullopt) const {
        const auto checks = daemon::verify_packet(folder(), key);
        const auto& last = checks.back();
        INFO(last.what);
        return last.passed ? "passed" : last.name + " " + last.file;
    }

  private:
    AuditedStore audited_;
    daemon::Packet packet_;
};

std::string replaced(std::string text, std::string_view old, std::string_view fresh) {
    const auto place = text.find(old);
    REQUIRE(place != std::string::npos);
    return text.replace(place, old.size(), fresh);
}

}  // namespace

TEST_CASE("a packet that nobody touched passes") {
    const Drawn drawn;

    CHECK(drawn.verdict() == "passed");
    CHECK(drawn.verdict(drawn.packet().head.public_key) == "passed");
}

TEST_CASE("another key than the store's does not pass") {
    const Drawn drawn;
    auto key = drawn.packet().head.public_key;
    key[3] ^= 1;

    CHECK(drawn.verdict(key) == "signatures tree_heads.jsonl");
}

TEST_CASE("one changed byte in any file fails and names a file") {
    const Drawn drawn;
    for (const auto& [name, bytes] : bytes_of(drawn.packet())) {
        auto spoilt = bytes;
        // Another digit of the hash would speak against the manifest.
        const auto place = name == "manifest.sha256" ? bytes.size() - 1 : bytes.size() / 2;
        spoilt[place] = static_cast<char>(spoilt[place] ^ 1);
        drawn.write(name, spoilt);
        const std::string expected = (name.starts_with("manifest.") ? "manifest " : "files ") + name;
        CHECK(drawn.verdict() == expected);
        drawn.write(name, bytes);
    }
    CHECK(drawn.verdict() == "passed");
}

TEST_CASE("a missing and an additional file fail") {
    const Drawn drawn;
    std::filesystem::remove(drawn.folder() / "pilots.csv");
    CHECK(drawn.verdict() == "files pilots.csv");

    drawn.write("notes.txt", "");
    CHECK(drawn.verdict() == "files notes.txt");
}

TEST_CASE("a forger who mends the manifest is found by what the signature covers") {
    const Drawn drawn;
    const auto bytes = bytes_of(drawn.packet());
    const auto forged = [&](const char* name, const std::string& text) {
        drawn.forge(name, text);
        auto verdict = drawn.verdict();
        drawn.write(name, bytes.at(name));
        return verdict;
    };

    CHECK(forged("records.csv", replaced(bytes.at("records.csv"), "signal,2", "signal,1")) == "records records.csv");
    CHECK(forged("memberships.csv", replaced(bytes.at("memberships.csv"), "buyers,0,1", "buyers,0,2")) ==
          "memberships memberships.csv");
    CHECK(forged("changes.csv", replaced(bytes.at("changes.csv"), "workspace,", "learning,")) == "changes changes.csv");
    auto headers = bytes.at("headers.bin");
    headers[52 + 30] ^= 1;
    CHECK(forged("headers.bin", headers) == "tree headers.bin");
    CHECK(forged("head.json", replaced(bytes.at("head.json"), "\"size\":3", "\"size\":2")) == "tree head.json");
}

TEST_CASE("a table with a broken row, foreign bytes or other line ends fails by its name") {
    const Drawn drawn;
    const auto bytes = bytes_of(drawn.packet());
    for (const char* name : {"changes.csv", "rejects.csv"}) {
        for (const char* added : {"\"abc\n", "\r\n", "a\xdf,1,1\r\n"}) {
            INFO(name << " with " << added);
            drawn.forge(name, bytes.at(name) + added);
            CHECK(drawn.verdict() == "files " + std::string(name));
        }
        drawn.write(name, bytes.at(name));
    }
}

TEST_CASE("a folder in the place of the manifest is an error that names it") {
    const Drawn drawn;
    std::filesystem::remove(drawn.folder() / "manifest.json");
    std::filesystem::create_directory(drawn.folder() / "manifest.json");

    CHECK(drawn.verdict() == "manifest manifest.json");
}

TEST_CASE("a manifest that leaves a paper out, lists one twice or names a file elsewhere does not pass") {
    const Drawn drawn;
    const auto listing = [&](auto change) {
        auto manifest = boost::json::parse(bytes_of(drawn.packet()).at("manifest.json"));
        change(manifest.at("files").as_array());
        const auto text = boost::json::serialize(manifest) + "\n";
        drawn.write("manifest.json", text);
        drawn.write("manifest.sha256", to_hex(sha256(text)) + "  manifest.json\n");
        return drawn.verdict();
    };

    for (std::size_t i = 0; i + 2 < drawn.packet().files.size(); ++i) {
        CHECK(listing([&](auto& files) { files.erase(files.begin() + static_cast<std::ptrdiff_t>(i)); }) ==
              "files manifest.json");
    }
    CHECK(listing([](auto& files) { files.push_back(files.front()); }) == "files manifest.json");
    CHECK(listing([](auto& files) {
              files.push_back(files.front());
              files.back().at("name") = "../escape.txt";
          }) == "files manifest.json");
}

TEST_CASE("decisions about pilots and touches are held against the headers") {
    const Drawn drawn;
    const auto bytes = bytes_of(drawn.packet());

    const auto forged = [&](const char* name, const std::string& text, std::int64_t rows) {
        drawn.forge(name, text, rows);
        auto verdict = drawn.verdict();
        drawn.write(name, bytes.at(name));
        return verdict;
    };
    const auto decided = bytes.at("pilot_decisions.csv") + "2,2027-01-05T00:00:00Z,spring,leading,ship,system,,\r\n";
    CHECK(forged("pilot_decisions.csv", decided, 1) == "changes pilot_decisions.csv");
    const auto& touches = bytes.at("touches.csv");
    const auto rows = std::ranges::count(touches, '\n') - 1;
    const auto touched = [](const char* sequence, const char* when) {
        return std::string(sequence) + ',' + when + ",touch,,,,,,crm,,,send,,,,,\r\n";
    };
    CHECK(forged("touches.csv", touches + touched("99", "2027-02-01T00:00:00Z"), rows + 1) == "changes touches.csv");
    CHECK(forged("touches.csv", touches + touched("2", "2027-02-01T00:00:00Z"), rows + 1) == "changes touches.csv");
    CHECK(forged("touches.csv", touches + touched("2", "2026-12-01T00:00:00Z"), rows + 1) == "changes touches.csv");
}

TEST_CASE("the same journal gives the same bytes, also when it has grown since") {
    AuditedStore audited;
    audited.live(short_life());
    audited.live({visit("ada", at("2027-04-01"))});
    const auto before = bytes_of(audited.draw("2027Q1").value());

    audited.live({purchase("cyd", at("2027-05-01")), definitions(at("2027-06-01"), shop(""), "v2")});

    CHECK(bytes_of(audited.draw("2027Q1").value()) == before);
}

TEST_CASE("a running quarter shows the state at the last record, one that has not begun is refused") {
    AuditedStore audited;
    audited.live(short_life());

    const auto running = audited.draw("2027Q1", "2027-02-20").value();
    CHECK_FALSE(running.is_over);
    CHECK(to_text(running.state_at) == "2027-02-05T00:00:00Z");
    CHECK(audited.draw("2027Q2", "2027-02-20").error().message ==
          "2027Q2 has not begun: it is 2027-02-20T00:00:00Z by the engine's clock");
}

TEST_CASE("a quarter before the first record gives an empty packet that passes") {
    AuditedStore audited;
    audited.live(short_life());

    const auto packet = audited.draw("2026Q4").value();

    CHECK(packet.records_in_quarter == 0);
    const auto folder = audited.path() / "empty";
    REQUIRE(daemon::write_packet(packet, folder));
    CHECK(daemon::verify_packet(folder, std::nullopt).back().passed);
}

TEST_CASE("of a running quarter the papers go as far as the last signed head") {
    AuditedStore audited;
    audited.live(short_life());
    const auto before = bytes_of(audited.draw("2027Q1", "2027-03-02").value());
    auto next = visit("ada", at("2027-03-01"));
    next.sequence = 4;
    daemon::commit(audited.store(), {next});

    const auto running = audited.draw("2027Q1", "2027-03-02").value();

    CHECK(bytes_of(running) == before);
    CHECK(to_text(running.state_at) == "2027-02-05T00:00:00Z");
}

TEST_CASE("a quarter that is over and that no signed head covers yet waits for one") {
    AuditedStore audited;
    audited.live(short_life());
    auto next = visit("ada", at("2027-03-01"));
    next.sequence = 4;
    daemon::commit(audited.store(), {next});

    CHECK(audited.draw("2027Q1").error().message == "no signed tree head covers record 4 yet");
}

TEST_CASE("of the signed heads a packet takes the last one of each day until the first that covers") {
    const auto head = [](std::uint64_t size, std::string_view when) {
        daemon::SignedTreeHead made{
            .origin = "", .head = {}, .engine_time = at(when), .signature = {}, .public_key = {}};
        made.head.size = size;
        return made;
    };
    const std::vector heads{head(0, "2027-01-01"), head(2, "2027-01-01"), head(3, "2027-01-02"),
                            head(5, "2027-01-03"), head(6, "2027-01-03"), head(9, "2027-01-04")};

    const auto chosen = daemon::heads_until_cover(heads, 4).value();

    REQUIRE(chosen.size() == 3);
    CHECK(chosen[0].head.size == 2);
    CHECK(chosen[1].head.size == 3);
    CHECK(chosen[2].head.size == 5);
}

TEST_CASE("a packet is written into a folder that is empty or not there, and nowhere else") {
    AuditedStore audited;
    audited.live(short_life());
    const auto packet = audited.draw("2027Q1").value();
    const auto folder = audited.path() / "papers";
    std::filesystem::create_directory(folder);

    CHECK(daemon::write_packet(packet, folder.string() + "/"));
    CHECK(daemon::write_packet(packet, folder).error().message == folder.string() + " is there already");
    CHECK_FALSE(std::filesystem::exists(folder.string() + ".partial"));
    std::filesystem::create_directory(audited.path() / "other.partial");
    CHECK(daemon::write_packet(packet, audited.path() / "other").error().code == ErrorCode::conflict);
    CHECK(daemon::write_packet(packet, audited.path() / "no" / "where").error().code == ErrorCode::io);
}

}  // namespace segmentd::tests
