#include "rules/load/schema.hpp"

#include <fmt/format.h>

#include "rules/load/kinds.hpp"
#include "rules/load/suggestion.hpp"
#include "rules/load/yaml_text.hpp"

namespace segmentd::rules {
namespace {

// Objects one key a line; lists on one line, except those of objects.
std::string indented(std::string_view json);
std::string escaped_for_table(std::string text);

}  // namespace

std::vector<std::string> definition_kinds() {
    std::vector<std::string> words;
    for (const auto& kind : load::kinds()) words.push_back(kind.word);
    return words;
}

Result<std::string> json_schema(std::string_view kind) {
    const auto* found = load::find_kind(kind);
    if (found == nullptr) {
        return fail(ErrorCode::not_found, fmt::format("no kind of definition is named {}", load::shown(kind)),
                    load::suggestion(kind, definition_kinds()));
    }
    return indented(fmt::format(R"({{"$schema":"https://json-schema.org/draft/2020-12/schema",{})",
                                found->shape.schema.substr(1))) +
           "\n";
}

std::string key_reference() {
    std::string page =
        "# Keys of a workspace\n\n"
        "The first key of a definition says its kind and gives its name. `[]` stands for each item of a list, "
        "`<name>` for a name you choose.\n";
    for (const auto& kind : load::kinds()) {
        page += fmt::format("\n## {}\n\n{}\n\n| key | value | required | meaning |\n|---|---|---|---|\n", kind.word,
                            kind.doc);
        for (const auto& key : kind.shape.keys) {
            page += fmt::format("| `{}` | {} | {} | {} |\n", key.path, escaped_for_table(key.form),
                                key.required ? "yes" : "", escaped_for_table(key.doc));
        }
    }
    return page;
}

namespace {

std::string indented(std::string_view json) {
    std::string text;
    std::size_t depth = 0;
    bool in_string = false;
    std::vector<bool> is_object;
    const auto break_line = [&] { text += "\n" + std::string(2 * depth, ' '); };
    for (std::size_t i = 0; i < json.size(); ++i) {
        const char c = json[i];
        if (in_string) {
            text += c;
            if (c == '\\') text += json[++i];
            in_string = c != '"';
            continue;
        }
        const bool is_empty = (c == '{' || c == '[') && (json[i + 1] == '}' || json[i + 1] == ']');
        if (is_empty) {
            text += {c, json[++i]};
        } else if (c == '{' || c == '[') {
            is_object.push_back(c == '{' || json[i + 1] == '{');
            text += c;
            ++depth;
            if (is_object.back()) break_line();
        } else if (c == '}' || c == ']') {
            --depth;
            if (is_object.back()) break_line();
            is_object.pop_back();
            text += c;
        } else if (c == ',') {
            text += is_object.back() ? "," : ", ";
            if (is_object.back()) break_line();
        } else {
            text += c;
            in_string = c == '"';
            if (c == ':') text += ' ';
        }
    }
    return text;
}

std::string escaped_for_table(std::string text) {
    for (std::size_t i = text.find('<'); i != std::string::npos; i = text.find('<', i + 4)) text.replace(i, 1, "&lt;");
    return text;
}

}  // namespace
}  // namespace segmentd::rules
