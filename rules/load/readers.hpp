// Readers of single values. Each takes one form and refuses the others with the way out; nothing
// is guessed from how a text looks, so `no` stays a text and `010` is no number.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/money.hpp"
#include "base/timestamp.hpp"
#include "rules/definitions/common.hpp"
#include "rules/definitions/words.hpp"
#include "rules/load/key_table.hpp"

namespace segmentd::rules::load {

Reader<std::string> text();
Reader<std::string> currency();  // three capital letters
Reader<bool> boolean();          // true or false alone
Reader<std::int64_t> integer_from(std::int64_t least);
Reader<double> number();  // decimal, finite
Reader<double> number_above(double border);
Reader<double> share();                    // "25%" or 0.25, from 0 to 1
Reader<double> share_inside();             // above 0 and below 1
Reader<double> measure();                  // on a metric's own scale: 3.5, "12%" or "2pp"
Reader<Money> cost();                      // "120 EUR", not negative
Reader<Duration> duration();               // "90d"; zero is allowed
Reader<Duration> window();                 // above zero
Reader<Timestamp> instant();               // a date, which begins in the workspace's zone, or a time
Reader<std::string> zone_name();           // of a zone whose table came with the files
Reader<ExpressionText> expression_text();  // CEL, not compiled here
Reader<Condition> condition();             // one expression or a list of at least one

// One of these words, kept as a text.
Reader<std::string> one_of(std::vector<std::string> words);

// One of two words: true for the first.
Reader<bool> either(const char* yes, const char* no);

// Reads a word and gives its place among them; the shape belongs to `one_of`.
std::optional<std::size_t> read_word(const Node& node, const std::vector<std::string>& words, Reading& reading);
Shape shape_of_words(const std::vector<std::string>& words);

template <typename Enum>
Reader<Enum> word() {
    std::vector<std::string> words;
    for (const auto& known : words_of<Enum>) words.emplace_back(known.word);
    auto shape = shape_of_words(words);
    return {std::move(shape), [words](const Node& node, Reading& reading) -> std::optional<Enum> {
                const auto index = read_word(node, words, reading);
                if (!index) return std::nullopt;
                return words_of<Enum>[*index].value;
            }};
}

Shape shape_of_name(NameRole role);
std::optional<std::string> read_name(const Node& node, NameRole role, Reading& reading);

// An identifier, as a text or as an Id.
template <typename T>
Reader<T> name(NameRole role) {
    return {shape_of_name(role), [role](const Node& node, Reading& reading) -> std::optional<T> {
                auto text = read_name(node, role, reading);
                if (!text) return std::nullopt;
                return T(std::move(*text));
            }};
}

// An identifier that another definition must answer to, with its place.
template <typename AnyId>
Reader<Reference<AnyId>> reference(NameKind kind) {
    return {shape_of_name(uses(kind)), [kind](const Node& node, Reading& reading) -> std::optional<Reference<AnyId>> {
                auto text = read_name(node, uses(kind), reading);
                if (!text) return std::nullopt;
                return Reference<AnyId>{AnyId(std::move(*text)), reading.place(node.at)};
            }};
}

// A key of which the product knows several values and does one so far; the others are refused by
// name. The value is the default already, so nothing is stored.
template <typename Record>
Field<Record> only(const char* key, const char* value, const char* doc) {
    KeyRow row{.key = key, .shape = shape_of_words({value}), .required = false, .built = true, .doc = doc};
    return {std::move(row), [value](const Node& node, Reading& reading, Record&) {
                const bool fits = node.form == Node::Form::scalar && node.text == value;
                if (fits) return;
                reading.refuse({node.at, "not_built", std::string("only ") + value + " is built so far",
                                std::string("write ") + value + " or leave the key out"});
            }};
}

}  // namespace segmentd::rules::load
