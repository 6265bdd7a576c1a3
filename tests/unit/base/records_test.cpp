#include "base/records.hpp"

#include <bit>
#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "base/canonical_json.hpp"
#include "base/sha256.hpp"

namespace segmentd {
namespace {

// Random records of every type, with every kind of value that is hard to write down.
class RecordMaker {
  public:
    explicit RecordMaker(std::uint64_t seed) : random_(seed) {}

    Record make() {
        Record record;
        record.occurred_at = from_microseconds(integer());
        record.received_at = from_microseconds(integer());
        record.actor = text();
        record.reason = text();
        record.historical = is_heads();
        record.message_id = text();
        record.customer = CustomerId(text());
        record.consent = map([this] { return is_heads(); });
        record.payload = payload();
        return record;
    }

  private:
    Payload payload() {
        switch (below(std::variant_size_v<Payload>)) {
            case 0: return WorkspaceRecord{text(), map([this] { return text(); })};
            case 1: return SignalRecord{SignalId(text()), attributes()};
            case 2: return ProfileRecord{attributes()};
            case 3: return ConsentRecord{};
            case 4: return SuppressionRecord{is_heads()};
            case 5: return AssignmentRecord{PilotId(text()), text()};
            case 6: return model();
            case 7: return TickRecord{.catch_up = is_heads(), .greets = is_heads(), .spares_paused = is_heads()};
            case 8: return ClockRecord{};
            case 9:
                return DeliveryRecord{
                    text(),   static_cast<DeliveryOutcome>(below(3)), integer(), integer(), text(), text(), integer(),
                    integer()};
            case 10: return AlarmRecord{text(), integer(), number(), number(), number(), number(), integer(), text()};
            case 11: return ExposureRecord{PilotId(text()), text()};
            case 12: return PauseRecord{static_cast<PauseTarget>(below(3)), text(), is_heads()};
            case 13: return ReviewRecord{integer(), static_cast<ReviewAction>(below(6)), from_microseconds(integer())};
            case 14:
                return LearningRecord{static_cast<LearningSubject>(below(2)), text(),
                                      static_cast<LearningCause>(below(4)), text()};
            case 15: return TesterTouchRecord{PlaybookId(text()), TouchId(text()), text()};
            case 16: return ResendRecord{text(), EndpointId(text()), text(), from_microseconds(integer()), text()};
            case 17:
                return PilotDecisionRecord{PilotId(text()), static_cast<PilotVerdict>(below(2)), text(), text(),
                                           text()};
            case 18: return token();
            case 19: return validation();
            default: return GroupRecord{text(), attributes()};
        }
    }

    Payload model() {
        return ModelRecord{
            ModelId(text()), text(), integer(), from_microseconds(integer()), integer(), number(), map([this] {
                return number();
            })};
    }

    Payload token() {
        const auto action = is_heads() ? TokenAction::created : TokenAction::revoked;
        return TokenRecord{text(), text(), text(), action, from_microseconds(integer())};
    }

    Payload validation() {
        ValidationRecord record;
        record.segment = SegmentId(text());
        record.version = text();
        record.from = from_microseconds(integer());
        record.until = from_microseconds(integer());
        record.members = integer();
        record.neighbour = SegmentId(text());
        for (auto count = below(4); count > 0; --count) {
            record.outcomes.push_back({MetricId(text()), text(), integer(), integer(), number(), number(), number(),
                                       number(), number(), number(), is_heads(), static_cast<Verdict>(below(3))});
            record.warnings.push_back(text());
        }
        record.verdict = static_cast<Verdict>(below(3));
        return record;
    }

    Attributes attributes() {
        Attributes attributes;
        for (auto count = below(8); count > 0; --count) attributes[text()] = attribute();
        return attributes;
    }

    Attribute attribute() {
        switch (below(6)) {
            case 0: return text();
            case 1: return number();
            case 2: return integer();
            case 3: return is_heads();
            case 4: return MinorUnits{integer()};
            default: return from_microseconds(integer());
        }
    }

    std::string text() {
        static const std::vector<std::string> pieces = {
            "",  "a", "purchase",     "\"", "\\",   "\n", std::string(1, '\0'),
            "ö", "€", "\xEF\xAC\xB3", "😀", "\x7f", "{",  "9"};
        std::string text;
        for (auto count = below(5); count > 0; --count) text += pieces[below(pieces.size())];
        return text;
    }

    std::int64_t integer() {
        if (is_heads()) return static_cast<std::int64_t>(below(2000)) - 1000;
        return static_cast<std::int64_t>(random_()) >> below(64);
    }

    // Any bits but those of NaN, which equals nothing.
    double number() {
        if (below(4) == 0) return is_heads() ? -0.0 : std::numeric_limits<double>::infinity();
        const auto number = std::bit_cast<double>(static_cast<std::uint64_t>(random_()));
        return std::isnan(number) ? 0.1 : number;
    }

    template <typename Make>
    std::map<std::string, std::invoke_result_t<Make>> map(Make make) {
        std::map<std::string, std::invoke_result_t<Make>> map;
        for (auto count = below(5); count > 0; --count) map[text()] = make();
        return map;
    }

    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }
    bool is_heads() { return below(2) == 0; }

    std::mt19937_64 random_;
};

bool is_refused(RecordType type, std::string_view json) {
    const auto decoded = decode_payload(type, json);
    return !decoded && decoded.error().code == ErrorCode::corrupt;
}

TEST_CASE("a random record survives its payload, which is canonical JSON") {
    for (std::uint64_t seed = 0; seed < 5000; ++seed) {
        INFO("seed " << seed);
        const Record record = RecordMaker(seed).make();

        const std::string payload = encode_payload(record);

        REQUIRE(decode_payload(type_of(record), payload).value() == record);
        REQUIRE(canonical_json(boost::json::parse(payload)).value() == payload);
        REQUIRE(encode_payload(decode_payload(type_of(record), payload).value()) == payload);
    }
}

TEST_CASE("a payload names what the record says and leaves out what it does not") {
    Record record;
    record.actor = "source:shop";
    record.occurred_at = from_microseconds(1'000'000);
    record.customer = CustomerId("c1");
    record.payload = SignalRecord{SignalId("purchase"),
                                  {{"amount", MinorUnits{1999}},
                                   {"gift", false},
                                   {"items", std::int64_t{2}},
                                   {"note", std::string("a")},
                                   {"paid_at", from_microseconds(5)},
                                   {"weight", 1.5}}};

    CHECK(encode_payload(record) ==
          R"({"actor":"source:shop","customer":"c1","data":{"properties":{"amount":{"m":1999},"gift":false,"items":2,)"
          R"("note":"a","paid_at":{"t":5},"weight":{"n":"1.5"}},"signal":"purchase"},"occurred_at":1000000})");
}

TEST_CASE("a record that says nothing has an empty payload") {
    Record tick;
    tick.payload = TickRecord{};

    CHECK(encode_payload(tick) == "{}");
    CHECK(decode_payload(RecordType::tick, "{}").value() == tick);
}

TEST_CASE("integers beyond the exact range of JSON numbers travel as text") {
    Record record;
    record.payload = ProfileRecord{{{"a", std::int64_t{9'007'199'254'740'993}},
                                    {"b", MinorUnits{std::numeric_limits<std::int64_t>::min()}},
                                    {"c", std::int64_t{9'007'199'254'740'991}}}};

    CHECK(
        encode_payload(record) ==
        R"({"data":{"attributes":{"a":{"i":"9007199254740993"},"b":{"m":"-9223372036854775808"},"c":9007199254740991}}})");
    CHECK(decode_payload(RecordType::profile, encode_payload(record)).value() == record);
}

TEST_CASE("an alarm about drift is written as it was before alarms had limits") {
    Record record;
    record.payload = AlarmRecord{.monitor = "pro", .day = 3, .reference = 0.5, .observations = 600};

    CHECK(encode_payload(record) == R"({"data":{"day":3,"monitor":"pro","observations":600,"reference":"0.5"}})");
    CHECK(decode_payload(RecordType::alarm, encode_payload(record)).value() == record);
}

TEST_CASE("negative zero and NaN keep their meaning") {
    Record record;
    record.payload = AlarmRecord{.monitor = {}, .reference = -0.0, .lower = std::nan("")};

    const auto alarm = std::get<AlarmRecord>(decode_payload(RecordType::alarm, encode_payload(record)).value().payload);

    CHECK(std::signbit(alarm.reference));
    CHECK(std::isnan(alarm.lower));
}

TEST_CASE("bytes that are not UTF-8 are kept rather than lost") {
    Record record;
    record.actor = "source:\xFF\xC3";
    record.payload = ConsentRecord{};

    CHECK(decode_payload(RecordType::consent, encode_payload(record)).value() == record);
}

TEST_CASE("a payload with unknown or wrong members is corrupt") {
    CHECK(is_refused(RecordType::tick, R"({"surprise":1})"));
    CHECK(is_refused(RecordType::tick, R"({"data":{"suppressed":false}})"));
    CHECK(is_refused(RecordType::consent, R"({"data":{"x":1}})"));
    CHECK(is_refused(RecordType::tick, R"({"actor":1})"));
    CHECK(is_refused(RecordType::tick, R"({"occurred_at":1.5})"));
    CHECK(is_refused(RecordType::tick, R"({"occurred_at":"12"})"));
    CHECK(is_refused(RecordType::tick, R"({"occurred_at":9007199254740993})"));
    CHECK(is_refused(RecordType::profile, R"({"data":{"attributes":{"a":null}}})"));
    CHECK(is_refused(RecordType::profile, R"({"data":{"attributes":{"a":1.5}}})"));
    CHECK(is_refused(RecordType::profile, R"({"data":{"attributes":{"a":{"i":5}}}})"));
    CHECK(is_refused(RecordType::profile, R"({"data":{"attributes":{"a":{"n":"1.5x"}}}})"));
    CHECK(is_refused(RecordType::profile, R"({"data":{"attributes":{"a":{"z":"1"}}}})"));
    CHECK(is_refused(RecordType::delivery, R"({"data":{"outcome":"lost"}})"));
    CHECK(is_refused(RecordType::tick, "[]"));
    CHECK(is_refused(RecordType::tick, "{"));
    CHECK(is_refused(RecordType::tick, ""));
    CHECK(is_refused(static_cast<RecordType>(0), "{}"));
    CHECK(is_refused(static_cast<RecordType>(999), "{}"));
}

TEST_CASE("the header is 52 bytes, numbers big-endian") {
    RecordHeader header{
        .sequence = 0x0102030405060708, .type = RecordType::alarm, .engine_time = from_microseconds(-2)};
    header.payload_hash.fill(0xAB);

    CHECK(to_hex(header_bytes(header)) ==
          "0102030405060708"
          "000b"
          "fffffffffffffffe"
          "0001"
          "abababababababababababababababababababababababababababababababab");
}

TEST_CASE("every type of record has its word") {
    CHECK(std::string(to_word(RecordType::workspace)) == "workspace");
    CHECK(std::string(to_word(RecordType::tick)) == "tick");
    CHECK(std::string(to_word(RecordType::exposure)) == "exposure");
    CHECK(std::string(to_word(RecordType::token)) == "token");
}

}  // namespace
}  // namespace segmentd
